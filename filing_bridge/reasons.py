"""Why a filing does not move on, in words: by the code that the last attempt left behind."""

from collections.abc import Mapping

from filing_bridge.protocol import CODES

REASONS: Mapping[str, tuple[str, str]] = {
    "earlier_filing": (
        "同一劳动者在先的备案尚未办结，办结后自动报送。",
        "An earlier filing of the same employment is not settled; this one follows by itself.",
    ),
    "not_open_yet": (
        "尚未到可以备案的日期，到期自动报送。",
        "The day from which it may be filed has not come; it is sent by itself then.",
    ),
    "confirmation_needed": (
        "备案通过后不能撤回，请有备案权限的人员逐项核对日期并确认，确认后自动报送。",
        "Nothing can be undone after acceptance: somebody who may file has to confirm the dates first.",
    ),
    "no_province": (
        "该区划的备案系统尚未接入。",
        "No filing system is registered for this jurisdiction yet.",
    ),
    "particulars_missing": ("有内容需要补充，见各项说明。", "Some particulars are missing; see the faults."),
    "record_cannot_be_built": (
        "无法由合同生成备案记录，请联系平台运维人员。",
        "The record cannot be made from the contract; ask the platform's operator.",
    ),
    "not_connected": (
        "暂时连不上备案系统，稍后自动重试。",
        "The filing system cannot be reached; tried again later.",
    ),
    "connection_broken": (
        "连接中断，正在核实结果。",
        "The connection broke; the outcome is being asked for.",
    ),
    "deadline_exceeded": (
        "备案系统没有及时答复，正在核实结果。",
        "No answer in time; the outcome is being asked for.",
    ),
    "worker_lost": ("报送中断，正在核实结果。", "Sending was interrupted; the outcome is being asked for."),
    "restored": ("数据恢复后正在与备案系统核对。", "Being compared with the province after a restore."),
    "answer_unreadable": (
        "备案系统的答复无法识别，正在核实结果。",
        "The answer cannot be read; asking again.",
    ),
    "answer_too_large": ("备案系统的答复过大，正在核实结果。", "The answer is too large; asking again."),
    "answer_not_genuine": (
        "答复的签名验证不通过，未予采信，正在核实。",
        "The answer's signature is bad; asking again.",
    ),
    "answer_about_another_filing": (
        "答复说的是另一份备案，未予采信，正在核实。",
        "The answer is about another filing; asking again.",
    ),
    "answer_of_another_kind": (
        "答复的类型不对，未予采信，正在核实。",
        "An answer of the wrong kind; asking again.",
    ),
    "contradictory_answer": (
        "备案系统前后答复矛盾，请人工向备案机构核实后重新报送。",
        "The province contradicts itself; ask the agency, then repeat.",
    ),
    "receipt_no_differs": (
        "备案系统前后给出不同的回执号，请人工核实后重新报送。",
        "The province gives another receipt number than before; ask the agency, then repeat.",
    ),
    "receipt_no_taken": (
        "该回执号已属于另一份备案，请人工核实后重新报送。",
        "The receipt number belongs to another filing; ask the agency, then repeat.",
    ),
    "refused_after_receipt": (
        "备案系统先接收后拒收，请人工核实后重新报送。",
        "The province refuses what it had taken in; ask the agency, then repeat.",
    ),
    "authorisation_expired": (
        "签名授权已过期，正在重新授权。",
        "The authorisation ran out; it is being renewed.",
    ),
    "certificate_unavailable": (
        "暂时取不到机构证书，稍后自动重试。",
        "No certificate for now; tried again later.",
    ),
    "organisation_not_enrolled": (
        "单位的机构证书尚未办理。",
        "The employer's certificate has not been applied for.",
    ),
}
_OTHER = (
    "内部处理出错，稍后自动重试；多次失败将转人工。",
    "An internal fault; tried again, in the end by a person.",
)


def words(code: str) -> tuple[str, str]:
    """Chinese and English words for a code of ours or of the protocol."""
    row = CODES.get(code)
    return REASONS.get(code) or ((row.zh, row.en) if row else _OTHER)
