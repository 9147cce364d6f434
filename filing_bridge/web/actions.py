"""The audit log's actions in words, and the people behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.web.words import Words
from contracts import selectors as contracts
from core.models import AuditEvent
from core.principal import Principal
from filing_bridge.models import Filing
from filing_bridge.web.words import ROLES
from signing.models import SigningParty

MOST = 200  # of the latest events; the evidence package has all

ACTIONS: Mapping[str, Words] = {
    "template.draft_started": _("开始写模板草稿"),
    "template.uploaded": _("上传合同文件制作模板"),
    "template.published": _("发布模板版本"),
    "batch.uploaded": _("上传批量文件"),
    "batch.mapped": _("确认批量文件的各列"),
    "batch.checked": _("批量文件检查完毕"),
    "batch.rechecked": _("批量文件重新检查"),
    "batch.mended": _("改正批量文件的一行"),
    "batch.previewed": _("预览批量文件的一行"),
    "batch.faults_exported": _("下载有错误的行"),
    "batch.replaced": _("批量文件被新文件替换"),
    "batch.confirmed": _("确认批量发送"),
    "batch.paused": _("暂停批量发送"),
    "batch.resumed": _("继续批量发送"),
    "batch.halted": _("系统暂停批量发送"),
    "batch.cancelled": _("取消批量发送"),
    "batch.finished": _("批量发送完成"),
    "batch.row_sent": _("批量发送一行"),
    "batch.row_failed": _("一行发送失败"),
    "batch.row_retried": _("重试失败的行"),
    "contract.drafted": _("起草合同"),
    "contract.revised": _("修改草稿"),
    "contract.sent": _("发出合同，内容从此固定"),
    "contract.rendered": _("合同文件已生成"),
    "contract.viewed": _("查看或下载合同全文"),
    "contract.effective": _("合同生效"),
    "contract.imported": _("登记在其他平台签署的合同，签名核验通过"),
    "contract.refused": _("合同因拒签终止"),
    "contract.withdrawn": _("撤回合同"),
    "contract.expired": _("签署期限已过，合同终止"),
    "contract.changed": _("变更协议生效，合同内容更新"),
    "change.opened": _("办理合同变更"),
    "change.rendered": _("变更协议已生成"),
    "change.completed": _("变更协议签署完成"),
    "change.refused": _("变更协议被拒签"),
    "change.withdrawn": _("撤回合同变更"),
    "change.expired": _("变更协议逾期未签"),
    "change.downloaded": _("劳动者下载变更协议"),
    "change.viewed": _("查看或下载变更协议"),
    "contract.ended": _("劳动合同解除或者终止"),
    "contract.suspended": _("合同中止"),
    "contract.resumed": _("合同恢复履行"),
    "suspension.opened": _("办理中止或者恢复"),
    "suspension.rendered": _("中止（恢复）文书已生成"),
    "suspension.completed": _("中止（恢复）文书签署完成"),
    "suspension.refused": _("中止（恢复）文书被拒签"),
    "suspension.withdrawn": _("撤回中止或者恢复"),
    "suspension.expired": _("中止（恢复）文书逾期未签"),
    "suspension.downloaded": _("劳动者下载中止（恢复）文书"),
    "suspension.viewed": _("查看或下载中止（恢复）文书"),
    "termination.opened": _("决定解除或者终止"),
    "termination.rendered": _("解除（终止）证明书已生成"),
    "termination.viewed": _("查看或下载证明书"),
    "termination.downloaded": _("劳动者下载证明书"),
    "termination.completed": _("证明书签署完成"),
    "termination.refused": _("劳动者拒签证明书，合同继续"),
    "termination.withdrawn": _("撤回解除或者终止，合同继续"),
    "termination.expired": _("证明书逾期未签，合同继续"),
    "termination.handed_over": _("登记档案或者社会保险关系转移"),
    "ending_batch.made": _("建立批量解除终止的名单"),
    "ending_batch.checked": _("名单逐行检查完毕"),
    "ending_batch.exported": _("下载批量解除终止的名单"),
    "ending_batch.frozen": _("冻结名单"),
    "ending_batch.paper_recorded": _("登记批量解除终止的法定文书"),
    "ending_batch.paper_viewed": _("下载批量解除终止的法定文书"),
    "ending_batch.started": _("开始批量办理解除终止"),
    "ending_batch.paused": _("暂停批量解除终止"),
    "ending_batch.resumed": _("继续批量解除终止"),
    "ending_batch.halted": _("系统暂停批量解除终止"),
    "ending_batch.finished": _("批量解除终止已全部发起"),
    "ending_batch.cancelled": _("取消批量解除终止"),
    "ending_batch.row_manual": _("一行转人工处理"),
    "ending_batch.row_refused": _("一行没有办成，转人工处理"),
    "ending_batch.row_assigned": _("指定一行的负责人"),
    "ending_batch.row_let_go": _("一行核对后转为自动办理"),
    "ending_batch.row_left_out": _("移出一行"),
    "ending_batch.row_opened": _("发起一行的解除或者终止"),
    "endings.warned": _("解除终止人数较多，发出预警"),
    "reminder.told": _("邮件提醒合同期限"),
    "request.opened": _("开始签署"),
    "request.signed": _("各方均已签名，等待核验"),
    "request.completed": _("签名全部核验通过"),
    "request.quarantined": _("签名核验未通过，转人工处理"),
    "request.refused": _("签署因拒签终止"),
    "request.withdrawn": _("签署已撤回"),
    "request.extended": _("延长签署期限"),
    "request.expired": _("签署期限已过"),
    "party.invited": _("通知签署"),
    "party.reinvited": _("再次通知签署"),
    "party.reminded": _("提醒签署"),
    "party.disowned": _("收到链接的人表示不是本人，链接作废"),
    "link.printed": _("打印现场签署二维码"),
    "link.sent": _("应本人要求重新发送链接"),
    "evidence.downloaded": _("劳动者下载证据包"),
    "paper.asked": _("劳动者申请纸质件"),
    "paper.given": _("已提供纸质件"),
    "party.confirmed": _("确认签署意愿"),
    "party.unconfirmed": _("签名未完成，请重新确认"),
    "party.signed": _("完成签名"),
    "party.refused": _("拒绝签署"),
    "session.opened": _("打开签署页面"),
    "session.taken_over": _("换了设备继续签署"),
    "session.identified": _("身份核验通过"),
    "session.ended": _("签署页面关闭"),
    "identity.claimed": _("提交身份信息"),
    "identity.mismatch": _("身份信息不一致"),
    "identity.passed": _("实名核验通过"),
    "identity.failed": _("实名核验未通过"),
    "consent.given": _("同意告知事项"),
    "document.read": _("阅读合同全文"),
    "document.downloaded": _("劳动者下载合同"),
    "signature.placed": _("确定签名位置"),
    "code.sent": _("发送验证码"),
    "code.used": _("验证码核对通过"),
    "code.wrong": _("验证码输入错误"),
    "code.replaced": _("重新获取验证码"),
    "code.withheld": _("验证码暂不发送"),
    "job.started": _("开始生成电子签名"),
    "job.signed": _("电子签名已生成"),
    "job.failed": _("电子签名生成失败"),
    "job.postponed": _("电子签名稍后重试"),
    "job.voided": _("电子签名任务取消"),
    "notice.sent": _("通知已发送"),
    "notice.arrived": _("通知已送达"),
    "notice.lost": _("通知没有送达"),
    "notice.failed": _("通知发送失败"),
    "notice.dropped": _("通知不再需要，未发送"),
    "filing.opened": _("生成用工备案"),
    "filing.pending": _("备案内容已确定，等待签名"),
    "filing.ready": _("备案报文已签名，等待报送"),
    "filing.sent": _("报送备案"),
    "filing.unknown": _("没有收到明确答复，正在核实"),
    "filing.pre_registered": _("结算期内已预登记，期满自动报送"),
    "filing.correction_slip": _("填写修改单"),
    "filing.voided": _("备案已作废"),
    "filing.void_asked": _("申请作废备案"),
    "filing.void_voided": _("申请作废的备案已撤回"),
    "filing.void_too_late": _("审核在先，作废申请未成"),
    "filing.void_refused": _("经办机构不予作废"),
    "correction.proposed": _("提出更正备案"),
    "correction.confirmed": _("核对并报送更正"),
    "correction.declined": _("核对未通过，不予更正"),
    "correction.withdrawn": _("撤回更正"),
    "correction.viewed": _("查看更正内容"),
    "filing.sheet_exported": _("导出到备案机构的表格"),
    "filing.packed_for_counter": _("制作窗口办理材料包"),
    "filing.confirmed": _("核对并确认备案日期"),
    "filing.received": _("经办机构已接收"),
    "filing.review_late": _("提醒经办机构审核超时"),
    "filing.under_review": _("经办机构审核中"),
    "filing.accepted": _("备案成功"),
    "filing.returned": _("备案退回修改"),
    "filing.rejected": _("备案不予受理"),
    "filing.replaced": _("已重新报送新版本"),
    "filing.held": _("备案转人工处理"),
    "filing.completed": _("补充备案内容"),
    "filing.hurried": _("要求尽快报送"),
    "filing.answer_not_believed": _("答复未通过验证，未予采信"),
    "filing.authorised_again": _("重新授权备案签名"),
    "filing.record_viewed": _("查看备案内容"),
    "filing.form_viewed": _("下载登记表"),
    "filing.slip_printed": _("打印备案单"),
    "form.authorised": _("登记表已生成，授权签章"),
    "form.employer_sealed": _("单位在登记表上签章"),
    "form.agency_sealed": _("经办机构在登记表上签章"),
}


@dataclass(frozen=True)
class Step:
    """One event as it is told: when, what, by whom."""

    at: datetime
    what: Words
    who: Words


def history_of(principal: Principal, contract_id: UUID, filings: Iterable[Filing]) -> list[Step]:
    """The latest events of a contract, its signing and its filings, oldest first, in words."""
    of_filings = [name for filing in filings for name in (filing.subject, f"form:{filing.pk}")]
    events = contracts.timeline_of(principal, contract_id).order_by()
    events |= AuditEvent.objects.filter(subject__in=of_filings, tenant=principal.tenant).order_by()
    latest = list(events.order_by("-at", "-id")[:MOST])[::-1]
    names = _names({event.actor for event in latest})
    system = gettext("系统")
    return [
        Step(event.at, ACTIONS.get(event.action, _("其他操作")), names.get(event.actor, system))
        for event in latest
    ]


def _names(actors: set[str]) -> dict[str, Words]:
    """What to call those who are not the system: members by name, signers by role."""
    by_kind: dict[str, list[str]] = {"user": [], "party": [], "person": []}
    for actor in actors:
        kind, _colon, key = actor.partition(":")
        by_kind.get(kind, []).append(key)
    people = User.objects.filter(pk__in=by_kind["user"]).values_list("pk", "name")
    parties = SigningParty.objects.filter(pk__in=by_kind["party"]).values_list("pk", "role")
    return (
        {f"user:{key}": name or gettext("成员") for key, name in people}
        | {f"party:{key}": ROLES.get(role, role) for key, role in parties}
        | {f"person:{key}": ROLES["worker"] for key in by_kind["person"]}
    )
