"""pjsip.conf: agents' phones and trunks.

Asterisk copies a caller's From into its events unless the endpoint has a caller id of its own: every
endpoint here has one, and the dialplan reads the number itself. A trunk is known by its address only, a
phone by its name only.
"""

from dialplan.names import FROM_AGENT, from_trunk, trunk_endpoint
from dialplan.plan import PbxPlan, Phone, Trunk
from dialplan.text import Unfit, dialled, file, host, label, network, port, secret, section, settings, token

QUALIFY_SECONDS = 5  # with the three below, a phone that vanished is noticed within 10 s
QUALIFY_TIMEOUT = 3
SILENT_PHONE = 30  # seconds without sound from a phone after which its call ends
SILENT_LINE = 600  # the same for a trunk: operators suppress silence, and who waits says nothing
SILENT_ON_HOLD = 600


def files(plan: PbxPlan) -> dict[str, str]:
    """pjsip.conf."""
    taken: set[str] = set()
    for name in [phone.extension for phone in plan.phones] + [trunk.name for trunk in plan.trunks]:
        if name in taken:
            raise Unfit(f"pjsip: {name!r} is used twice")
        taken.add(name)
    sections = [_global(), *_transports(plan)]
    for phone in plan.phones:
        sections += _phone(phone)
    for trunk in plan.trunks:
        sections += _trunk(trunk)
    return {"pjsip.conf": file(__name__, "the agents and trunks of center.yaml", sections)}


def _global() -> str:
    return section(
        "global",
        *settings(
            type="global",
            # By name first, a trunk's caller who calls himself 101 would be asked for the secret of that telephone.
            endpoint_identifier_order="ip,username,anonymous",
            user_agent="Mowakaba",
            keep_alive_interval=30,
            unidentified_request_count=5,
            unidentified_request_period=5,
            unidentified_request_prune_interval=30,
        ),
    )


def _transports(plan: PbxPlan) -> list[str]:
    bind = f"{host(plan.sip_address, 'pbx.sip_address')}:{port(plan.sip_port, 'pbx.sip_port')}"
    outside = None
    if plan.external_address is not None:
        outside = host(plan.external_address, "pbx.external_address")
    networks = [f"local_net = {network(net, 'pbx.local_networks')}" for net in plan.local_networks]
    return [
        section(
            f"transport-{protocol}",
            *settings(
                type="transport",
                protocol=protocol,
                bind=bind,
                external_media_address=outside,
                external_signaling_address=outside,
            ),
            *networks,
        )
        for protocol in ("udp", "tcp")
    ]


def _phone(phone: Phone) -> list[str]:
    extension = dialled(phone.extension, "agents.extension")
    name = label(phone.name, f"the name of agent {extension}")
    return [
        section(
            extension,
            *settings(
                type="endpoint",
                context=FROM_AGENT,
                identify_by="username",
                auth=extension,
                aors=extension,
                callerid=f'"{name}" <{extension}>',
                disallow="all",
                allow="alaw,ulaw,g722",
                direct_media=False,
                dtmf_mode="rfc4733",
                device_state_busy_at=1,
                rtp_symmetric=True,
                force_rport=True,
                rewrite_contact=True,
                rtp_timeout=SILENT_PHONE,
                rtp_timeout_hold=SILENT_ON_HOLD,
                trust_id_inbound=False,
                allow_transfer=False,
                allow_subscribe=False,
            ),
        ),
        section(
            extension,
            *settings(
                type="auth",
                auth_type="userpass",
                username=extension,
                password=secret(phone.secret, f"the secret of agent {extension}"),
            ),
        ),
        section(
            extension,
            *settings(
                type="aor",
                max_contacts=1,
                remove_existing=True,
                qualify_frequency=QUALIFY_SECONDS,
                qualify_timeout=QUALIFY_TIMEOUT,
                minimum_expiration=30,
                maximum_expiration=3600,
                default_expiration=300,
            ),
        ),
    ]


def _trunk(trunk: Trunk) -> list[str]:
    what = f"trunks.{token(trunk.name, 'trunks.name')}"
    name = trunk_endpoint(trunk.name)
    if not trunk.peers:
        raise Unfit(f"{what}: peers is empty: name the addresses from which it calls")
    known = trunk.username is not None and trunk.secret is not None
    sections = [
        section(
            name,
            *settings(
                type="endpoint",
                context=from_trunk(trunk.name),
                identify_by="ip",
                transport=f"transport-{token(trunk.transport, f'{what}.transport')}",
                aors=name if trunk.host else None,
                outbound_auth=name if known else None,
                # Never the caller's: see above.
                callerid=f'"{name}" <unknown>',
                from_user=token(trunk.username, f"{what}.username") if trunk.username else None,
                from_domain=host(trunk.host, f"{what}.host") if trunk.host and known else None,
                disallow="all",
                allow=",".join(token(codec, f"{what}.codecs") for codec in trunk.codecs),
                direct_media=False,
                dtmf_mode="rfc4733",
                rtp_symmetric=True,
                force_rport=True,
                rtp_timeout=SILENT_LINE,
                rtp_timeout_hold=SILENT_ON_HOLD,
                trust_id_inbound=False,
                trust_id_outbound=False,
                allow_transfer=False,
                allow_subscribe=False,
            ),
        ),
        section(
            name,
            "type = identify",
            f"endpoint = {name}",
            *(f"match = {network(peer, f'{what}.peers')}" for peer in trunk.peers),
        ),
    ]
    if trunk.host is not None:
        sections += _outgoing(trunk, name, what, known)
    return sections


def _outgoing(trunk: Trunk, name: str, what: str, known: bool) -> list[str]:
    server = f"sip:{host(trunk.host or '', f'{what}.host')}:{port(trunk.port, f'{what}.port')}"
    sections = [section(name, *settings(type="aor", contact=server, qualify_frequency=30, qualify_timeout=3))]
    if known:
        sections.append(
            section(
                name,
                *settings(
                    type="auth",
                    auth_type="userpass",
                    username=trunk.username,
                    password=secret(trunk.secret or "", f"{what}.secret"),
                ),
            )
        )
    if trunk.register and known:
        sections.append(
            section(
                name,
                *settings(
                    type="registration",
                    transport=f"transport-{trunk.transport}",
                    outbound_auth=name,
                    server_uri=server,
                    client_uri=f"sip:{trunk.username}@{server.removeprefix('sip:')}",
                    retry_interval=30,
                    forbidden_retry_interval=300,
                    max_retries=100000,
                ),
            )
        )
    return sections
