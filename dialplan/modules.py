"""modules.conf: what Asterisk loads. A module that is not named here does not exist.

The right to send AGI commands would equal a shell with app_system, func_shell, app_exec, app_externalivr,
func_env or pbx_spool: they stay out.
"""

from dialplan.plan import PbxPlan
from dialplan.text import file, section

CORE = (
    "res_timing_timerfd",
    "res_crypto",
    "res_security_log",
    "res_manager_devicestate",
    "res_musiconhold",
    "pbx_config",
    "cdr_csv",
)
SOUND = (
    "codec_a_mu",
    "codec_alaw",
    "codec_ulaw",
    "codec_g722",
    "codec_resample",
    "format_pcm",
    "format_sln",
    "format_wav",
)
BRIDGES = (
    "bridge_builtin_features",
    "bridge_native_rtp",
    "bridge_simple",
    "bridge_softmix",
    "bridge_holding",
)
TELEPHONY = (
    "res_sorcery_astdb",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_pjproject",
    "res_rtp_asterisk",
    "res_srtp",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_sdp_rtp",
    "res_pjsip_acl",
    "res_pjsip_authenticator_digest",
    "res_pjsip_caller_id",
    "res_pjsip_dlg_options",
    "res_pjsip_dtmf_info",
    "res_pjsip_empty_info",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_header_funcs",
    "res_pjsip_maintenance",
    "res_pjsip_nat",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_outbound_registration",
    "res_pjsip_path",
    # chan_pjsip needs res_pjsip_pubsub; no endpoint allows subscriptions.
    "res_pjsip_pubsub",
    "res_pjsip_registrar",
    "res_pjsip_rfc3326",
    "chan_pjsip",
)
CONVERSATION = (
    # res_agi needs res_speech.
    "res_speech",
    "res_agi",
    "app_channelredirect",
    "app_chanspy",
    "app_controlplayback",
    "app_db",
    "app_dial",
    "app_mixmonitor",
    "app_playback",
    "app_playtones",
    "app_queue",
    "app_read",
    "app_senddtmf",
    "app_stack",
)
FUNCTIONS = (
    "func_callerid",
    "func_cdr",
    "func_channel",
    "func_cut",
    "func_db",
    "func_devstate",
    "func_dialplan",
    "func_global",
    "func_hangupcause",
    "func_logic",
    "func_pjsip_aor",
    "func_pjsip_contact",
    "func_pjsip_endpoint",
    "func_strings",
    "func_timeout",
    "func_volume",
)
LISTENING = ("res_audiosocket", "chan_audiosocket")
"""Only where callers may speak."""
ESSENTIAL = frozenset(
    {"chan_pjsip", "res_agi", "pbx_config", "cdr_csv", "app_dial", "app_stack", "func_timeout"}
)
"""Without these Asterisk does not start: better no answer than a wrong one."""
ALL = (*CORE, *SOUND, *BRIDGES, *TELEPHONY, *CONVERSATION, *FUNCTIONS)


def files(plan: PbxPlan) -> dict[str, str]:
    """modules.conf."""
    names = (*ALL, *LISTENING) if plan.listening else ALL
    lines = (
        "autoload = no",
        *(f"{'require' if name in ESSENTIAL else 'load'} = {name}.so" for name in names),
    )
    return {"modules.conf": file(__name__, "what the centre uses", (section("modules", *lines),))}
