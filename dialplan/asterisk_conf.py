"""asterisk.conf: where Asterisk finds its parts. Every folder is private to this state."""

from dialplan.plan import PbxPlan
from dialplan.text import file, path, section, settings


def files(plan: PbxPlan) -> dict[str, str]:
    """asterisk.conf."""
    places = plan.directories
    folders = {
        "astetcdir": places.config,
        "astmoddir": places.modules,
        "astvarlibdir": places.var,
        "astdbdir": places.var,
        "astkeydir": places.var,
        "astdatadir": places.data,
        "astagidir": places.keeper.parent,
        "astspooldir": places.spool,
        "astrundir": places.run,
        "astlogdir": places.log,
        "astsbindir": places.run,
    }
    directories = section("directories", *(f"{key} => {path(value, key)}" for key, value in folders.items()))
    options = section(
        "options",
        *settings(
            # Verbose text holds the keys that callers press.
            verbose=0,
            debug=0,
            nocolor=True,
            hideconnect=True,
            dumpcore=False,
            live_dangerously=False,
            execincludes=False,
            defaultlanguage=plan.languages[0].value,
        ),
    )
    control = section("files", *settings(astctlpermissions="0600", astctl="asterisk.ctl"))
    return {"asterisk.conf": file(__name__, "the state folder", (directories, options, control))}
