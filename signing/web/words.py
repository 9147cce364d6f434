"""What the script of the workers' pages says, by the name under which it asks for it."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "retrying": _("网络不稳定，正在自动重试……"),
    "unreachable_title": _("网络连接不上"),
    "unreachable": _("网络连接不上，请检查网络后重试。您填写的内容没有丢失，重复点击也不会重复提交。"),
    "no_link": _("请从短信中的链接进入"),
    "no_link_remedy": _("本页面需要通过签署短信中的链接打开。请回到短信，点击其中的链接。"),
    "stranger_title": _("链接已作废，谢谢您告知"),
    "stranger_remedy": _(
        "我们已通知“{sender}”：手机号 {phone} 不是签署人本人。"
        "该单位更正后会另行发送，不会再给您发送这份文件。"
        "您可以关闭本页，删除短信。"
    ),
    "state_refused": _("您已拒签这份文件"),
    "state_withdrawn": _("发送单位已撤回这份文件"),
    "state_expired": _("签署期限已过"),
    "state_remedy": _("如有疑问，请联系发送单位。"),
    "look": _("查看和下载"),
    "go_on": _("继续签署"),
    "accept_all": _("请阅读并勾选全部三项后再开始。"),
    "optional": _("（可选，不同意也能签）"),
    "six_digits": _("请输入短信中的 6 位验证码。"),
    "send_again_in": _("{seconds} 秒后可重新获取"),
    "send_again": _("重新获取验证码"),
    "checking": _("正在核验身份，请稍候……"),
    "checking_long": _("核验时间较长，请稍后刷新本页。"),
    "identity_failed": _("实名核验未通过。请核对姓名和证件号码，确认手机号是本人实名办理的，再重新提交。"),
    "name_missing": _("请填写姓名。"),
    "number_missing": _("请填写证件号码。"),
    "page_of": _("第 {page} 页，共 {pages} 页"),
    "progress": _("第 {page}/{pages} 页"),
    "page_alt": _("文件第 {page} 页，共 {pages} 页"),
    "next_unread": _("下一处未读（已读 {count}/{pages}）"),
    "to_sign": _("已读完，去签名"),
    "gist": _("（{count} 项）"),
    "call": _("拨打 {phone}"),
    "read_aloud": _("朗读"),
    "pause": _("暂停"),
    "no_words": _("本页没有可以读出的文字，请看原样。"),
    "reason_missing": _("请写明拒签的原因。"),
    "write_first": _("请先在框内写下您的姓名。"),
    "typed_differs": _("请输入与文件一致的姓名：{name}"),
    "signature_alt": _("您的手写签名"),
    "sticker_alt": _("签名位置"),
    "place_outside_page": _("签名超出了页面。"),
    "place_too_small": _("签名太小，请点“放大”。"),
    "place_outside_zone": _("签名超出了允许的范围。"),
    "place_overlaps": _("不要盖住其他签名处，请移开一些。"),
    "all_signed": _("各方均已签署"),
    "waiting_for_employer": _("等待单位盖章"),
}
