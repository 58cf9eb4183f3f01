"""Contexts and extensions as text. A step is an application; `label: step` can be jumped to."""

from typing import NewType

Extension = NewType("Extension", str)
Context = NewType("Context", str)


def extension(name: str, *steps: str) -> Extension:
    """One extension with its steps in order."""
    first, *others = steps
    lines = [f"exten => {name},1,{first}"]
    for step in others:
        label, colon, application = step.partition(": ")
        if colon and label.isidentifier():
            lines.append(f" same => n({label}),{application}")
        else:
            lines.append(f" same => n,{step}")
    return Extension("\n".join(lines))


def context(name: str, *extensions: Extension) -> Context:
    """One context with its extensions."""
    return Context("\n".join((f"[{name}]", *extensions)) + "\n")
