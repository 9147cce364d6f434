"""The table behind the filing record: every field, where it comes from, when it must be there.

A fact that no row files stands in `NOT_FILED` with the reason. Names and rules follow the employment filing
of 劳社部发〔2006〕46号 and 就业服务与就业管理规定 Art. 62.
"""
# ruff: noqa: E501  (a row per field reads best unbroken)

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Origin(StrEnum):
    """Where a value was first entered or made."""

    PLATFORM = "platform"
    EVENT = "event"
    PROFILE = "profile"
    SESSION = "session"
    USER = "user"
    FILING = "filing"
    EMPLOYER = "employer"
    WORKER = "worker"
    IDENTITY = "identity"
    CONTRACT = "contract"
    AGREEMENT = "agreement"
    CERTIFICATE = "certificate"
    SLIP = "slip"
    DERIVED = "derived"


class When(StrEnum):
    """When a field must be present. The profile may add fields to this floor, never take one away."""

    ALWAYS = "always"
    OPTIONAL = "optional"
    RENEWAL = "filing_type is 21"
    TRANSFER = "filing_type is 33"
    RESUMPTION = "filing_type is 42"
    LATE = "filing_type is 12, or filed after the deadline"
    FIXED_TERM = "term_type is 1"
    TASK = "term_type is 3"
    AGENCY = "employer.is_dispatch_agency"
    DISPATCH = "employment_form is 3"
    CONSTRUCTION = "the contract names a construction project"
    APPROVED_HOURS = "worktime_system is 2 or 3"
    COMPREHENSIVE_HOURS = "worktime_system is 2"
    NOT_MAINLAND = "id_type is none of 01, 02, 03"
    FOREIGNER = "id_type is 08"
    MATERIAL = "weight is material"


@dataclass(frozen=True)
class Field:
    """One field of the record: where it goes, where it comes from, what it is called.

    `target` is a JSON pointer (RFC 6901) into the record; `source` one into what the record is made from:
    `/facts`, `/signed`, `/envelope`, `/event`, and `/derived` for what follows from several facts.
    `lb` is the element code of the human-resources ministry where one is publicly known.
    """

    target: str
    source: str
    origin: Origin
    when: When
    zh: str
    lb: str = ""


_E, _W, _I, _C = Origin.EMPLOYER, Origin.WORKER, Origin.IDENTITY, Origin.CONTRACT
_ALWAYS, _OPTIONAL = When.ALWAYS, When.OPTIONAL

# fmt: off
FIELDS: tuple[Field, ...] = (
    Field("/filing_id", "/envelope/filing_id", Origin.PLATFORM, _ALWAYS, "备案流水号"),
    Field("/filing_type", "/event/filing_type", Origin.EVENT, _ALWAYS, "备案类型"),
    Field("/jurisdiction_code", "/facts/jurisdiction_code", _E, _ALWAYS, "受理区划", "aab034"),
    Field("/agency_code", "/envelope/agency_code", Origin.PROFILE, _OPTIONAL, "受理机构编码", "aab034"),
    Field("/contract_no", "/facts/contract_no", _C, _ALWAYS, "关联合同编号"),
    Field("/prev_filing_no", "/envelope/prev_filing_no", Origin.FILING, When.RENEWAL, "原备案号"),
    Field("/contract_digest/alg", "/signed/digest_alg", Origin.PLATFORM, _ALWAYS, "摘要算法"),
    Field("/contract_digest/value", "/signed/contract_digest", _C, _ALWAYS, "合同文件摘要"),
    Field("/signed_at", "/signed/signed_at", _C, _ALWAYS, "签署完成时间"),
    Field("/signed_elsewhere", "/signed/elsewhere", Origin.PLATFORM, _OPTIONAL, "合同在其他平台签署"),
    Field("/submitter_name", "/envelope/submitter_name", Origin.SESSION, _ALWAYS, "申报人", "aae011"),
    Field("/submitter_id", "/envelope/submitter_id", Origin.SESSION, _OPTIONAL, "申报人编号"),
    Field("/submitter_phone", "/envelope/submitter_phone", Origin.SESSION, _ALWAYS, "申报人电话"),
    Field("/submitted_at", "/envelope/submitted_at", Origin.PLATFORM, _ALWAYS, "申报时间", "aae036"),
    Field("/late_reason", "/envelope/late_reason", Origin.USER, When.LATE, "逾期原因"),
    Field("/remark", "/envelope/remark", Origin.USER, _OPTIONAL, "备注", "aae013"),

    Field("/employer/name", "/facts/employer/name", _E, _ALWAYS, "单位名称", "aab004"),
    Field("/employer/uscc", "/facts/employer/uscc", _E, _ALWAYS, "统一社会信用代码", "aab998"),
    Field("/employer/si_no", "/facts/employer/si_no", _E, _OPTIONAL, "社会保险登记编号", "aab001"),
    Field("/employer/type", "/facts/employer/type", _E, _ALWAYS, "单位类型", "aab019"),
    Field("/employer/economic_type", "/facts/employer/economic_type", _E, _ALWAYS, "经济类型", "aab020"),
    Field("/employer/affiliation", "/facts/employer/affiliation", _E, _OPTIONAL, "隶属关系", "aab021"),
    Field("/employer/industry", "/facts/employer/industry", _E, _ALWAYS, "行业", "aab022"),
    Field("/employer/competent_dept", "/facts/employer/competent_dept", _E, _OPTIONAL, "主管部门"),
    Field("/employer/reg_address", "/facts/employer/reg_address", _E, _ALWAYS, "注册地址"),
    Field("/employer/biz_address", "/facts/employer/biz_address", _E, _ALWAYS, "经营地址"),
    Field("/employer/legal_rep_name", "/facts/employer/legal_rep_name", _E, _ALWAYS, "法定代表人"),
    Field("/employer/contact_name", "/facts/employer/contact_name", _E, _ALWAYS, "联系人"),
    Field("/employer/contact_phone", "/facts/employer/contact_phone", _E, _ALWAYS, "联系电话"),
    Field("/employer/headcount", "/facts/employer/headcount", _E, _OPTIONAL, "职工总数"),
    Field("/employer/is_dispatch_agency", "/facts/employer/is_dispatch_agency", _E, _ALWAYS, "是否劳务派遣单位", "abc955"),
    Field("/employer/dispatch_license_no", "/facts/employer/dispatch_license_no", _E, When.AGENCY, "劳务派遣许可证号"),
    Field("/employer/host_name", "/facts/contract/dispatch/host_name", _C, When.DISPATCH, "用工单位名称", "abc954"),
    Field("/employer/host_uscc", "/facts/contract/dispatch/host_uscc", _C, When.DISPATCH, "用工单位信用代码"),
    Field("/employer/dispatch_start", "/facts/contract/dispatch/start", _C, When.DISPATCH, "派遣起始日期"),
    Field("/employer/dispatch_end", "/facts/contract/dispatch/end", _C, When.DISPATCH, "派遣终止日期"),
    Field("/employer/project_name", "/facts/contract/construction/project_name", _C, When.CONSTRUCTION, "项目名称"),
    Field("/employer/project_no", "/facts/contract/construction/project_no", _C, When.CONSTRUCTION, "项目编号"),

    Field("/worker/name", "/facts/worker/name", _I, _ALWAYS, "姓名", "aac003"),
    Field("/worker/id_type", "/facts/worker/id_type", _I, _ALWAYS, "证件类型", "aac058"),
    Field("/worker/id_no", "/facts/worker/id_no", _I, _ALWAYS, "证件号码", "aac147"),
    Field("/worker/sex", "/facts/worker/sex", _I, _ALWAYS, "性别", "aac004"),
    Field("/worker/birth_date", "/facts/worker/birth_date", _I, _ALWAYS, "出生日期", "aac006"),
    Field("/worker/ethnicity", "/facts/worker/ethnicity", _W, _OPTIONAL, "民族", "aac005"),
    Field("/worker/nationality", "/facts/worker/nationality", _I, When.NOT_MAINLAND, "国籍或地区", "aac161"),
    Field("/worker/hukou_type", "/facts/worker/hukou_type", _W, _ALWAYS, "户口性质", "aac009"),
    Field("/worker/hukou_code", "/facts/worker/hukou_code", _W, _OPTIONAL, "户籍区划", "aab299"),
    Field("/worker/hukou_address", "/facts/worker/hukou_address", _W, _ALWAYS, "户籍地址", "aac010"),
    Field("/worker/resid_code", "/facts/worker/resid_code", _W, _OPTIONAL, "现居住地区划", "aaf016"),
    Field("/worker/resid_address", "/facts/worker/resid_address", _W, _ALWAYS, "现居住地址", "aac046"),
    Field("/worker/mobile", "/facts/worker/mobile", _W, _ALWAYS, "手机号码", "aac067"),
    Field("/worker/postcode", "/facts/worker/postcode", _W, _OPTIONAL, "邮政编码"),
    Field("/worker/education", "/facts/worker/education", _W, _ALWAYS, "文化程度", "aac011"),
    Field("/worker/person_category", "/facts/worker/person_category", _W, _OPTIONAL, "人员类别", "aac027"),
    Field("/worker/employment_cert_no", "/facts/worker/employment_cert_no", _W, _OPTIONAL, "就业失业登记证号", "aac021"),
    Field("/worker/work_permit_no", "/facts/worker/work_permit_no", _W, When.FOREIGNER, "工作许可证号"),
    Field("/worker/work_permit_valid_to", "/facts/worker/work_permit_valid_to", _W, When.FOREIGNER, "工作许可有效期止"),

    Field("/contract/sign_kind", "/facts/contract/sign_kind", _C, _ALWAYS, "合同签订情况"),
    Field("/contract/term_type", "/facts/contract/term_type", _C, _ALWAYS, "合同期限类型", "abc910"),
    Field("/contract/start", "/facts/contract/start", _C, _ALWAYS, "合同起始日期", "abc913"),
    Field("/contract/end", "/facts/contract/end", _C, When.FIXED_TERM, "合同终止日期", "abc914"),
    Field("/contract/task_text", "/facts/contract/task_text", _C, When.TASK, "工作任务"),
    Field("/contract/employment_start", "/facts/contract/employment_start", _C, _ALWAYS, "用工之日", "acc114"),
    Field("/contract/probation_months", "/facts/contract/probation_months", _C, _OPTIONAL, "试用期月数"),
    Field("/contract/probation_start", "/facts/contract/probation_start", _C, _OPTIONAL, "试用期起始日期"),
    Field("/contract/probation_end", "/facts/contract/probation_end", _C, _OPTIONAL, "试用期终止日期"),
    Field("/contract/probation_wage", "/facts/contract/probation_wage", _C, _OPTIONAL, "试用期工资"),
    Field("/contract/employment_form", "/facts/contract/employment_form", _C, _ALWAYS, "用工形式", "aac013"),
    Field("/contract/employment_kind", "/facts/contract/employment_kind", _C, _ALWAYS, "就业类型"),
    Field("/contract/worktime_system", "/facts/contract/worktime_system", _C, _ALWAYS, "工时制度"),
    Field("/contract/worktime_cycle", "/facts/contract/worktime_cycle", _C, When.COMPREHENSIVE_HOURS, "综合工时周期"),
    Field("/contract/worktime_approval_no", "/facts/contract/worktime_approval_no", _C, When.APPROVED_HOURS, "特殊工时批准文号"),
    Field("/contract/worktime_approval_to", "/facts/contract/worktime_approval_to", _C, When.APPROVED_HOURS, "特殊工时批准有效期止"),
    Field("/contract/job_title", "/facts/contract/job_title", _C, _ALWAYS, "岗位名称"),
    Field("/contract/occupation_code", "/facts/contract/occupation_code", _C, _ALWAYS, "职业（工种）代码", "aca111"),
    Field("/contract/special_work", "/facts/contract/special_work", _E, _OPTIONAL, "特殊工种标志"),
    Field("/contract/work_place_code", "/facts/contract/work_place_code", _C, _ALWAYS, "工作地点区划"),
    Field("/contract/work_place_address", "/facts/contract/work_place_address", _C, _ALWAYS, "工作地点"),
    Field("/contract/wage_amount", "/facts/contract/wage_amount", _C, _ALWAYS, "工资数额", "bcc720"),
    Field("/contract/wage_unit", "/facts/contract/wage_unit", _C, _ALWAYS, "工资计算单位"),
    Field("/contract/si_pension", "/facts/contract/insurance/pension", _C, _OPTIONAL, "养老保险"),
    Field("/contract/si_unemp", "/facts/contract/insurance/unemployment", _C, _OPTIONAL, "失业保险"),
    Field("/contract/si_medical", "/facts/contract/insurance/medical", _C, _OPTIONAL, "医疗保险"),
    Field("/contract/si_injury", "/facts/contract/insurance/injury", _C, _OPTIONAL, "工伤保险"),
    Field("/contract/sign_date", "/signed/sign_date", Origin.DERIVED, _ALWAYS, "签订日期"),

    Field("/transfer/from_name", "/facts/contract/transfer/from_name", _C, When.TRANSFER, "原单位名称"),
    Field("/transfer/from_uscc", "/facts/contract/transfer/from_uscc", _C, When.TRANSFER, "原单位信用代码"),
    Field("/transfer/left_on", "/facts/contract/transfer/left_on", _C, When.TRANSFER, "原单位终止日期"),
    Field("/transfer/certificate_no", "/facts/contract/transfer/certificate_no", _C, When.TRANSFER, "原单位证明书编号"),
)
# fmt: on

# The record of an ending is made from the facts in the signed certificate. These fields it shares with the
# record of a hire, under the same pointers; the rest of a hire is on file already (PIPL Art. 6).
_SHARED = frozenset({
    "/filing_id", "/filing_type", "/jurisdiction_code", "/agency_code", "/contract_no", "/prev_filing_no",
    "/contract_digest/alg", "/contract_digest/value", "/signed_at", "/submitter_name", "/submitter_id",
    "/submitter_phone", "/submitted_at", "/late_reason", "/remark", "/employer/name", "/employer/uscc",
    "/employer/type", "/employer/contact_name", "/employer/contact_phone", "/worker/name", "/worker/id_type",
    "/worker/id_no", "/worker/nationality", "/contract/term_type", "/contract/start", "/contract/end",
    "/contract/employment_start", "/contract/employment_form", "/contract/job_title",
})  # fmt: skip
_IN_LATER = {"/prev_filing_no": _ALWAYS, "/late_reason": _OPTIONAL}
_T = Origin.CERTIFICATE

# fmt: off
ENDING_FIELDS: tuple[Field, ...] = (
    *(replace(field, when=_IN_LATER.get(field.target, field.when)) for field in FIELDS if field.target in _SHARED),
    Field("/ending/kind", "/facts/ending/kind", _T, _ALWAYS, "解除或者终止"),
    Field("/ending/date", "/facts/ending/date", _T, _ALWAYS, "解除（终止）日期", "abc916"),
    Field("/ending/reason", "/facts/ending/reason", _T, _ALWAYS, "解除（终止）原因", "abc917"),
    Field("/ending/circumstance", "/facts/ending/circumstance", _T, _OPTIONAL, "具体情形"),
    Field("/ending/initiator", "/facts/ending/initiator", _T, _ALWAYS, "提出方"),
    Field("/ending/involuntary", "/facts/ending/involuntary", _T, _ALWAYS, "非因本人意愿中断就业"),
    Field("/ending/notice_date", "/facts/ending/notice_date", _T, _OPTIONAL, "通知日期"),
    Field("/ending/union_notice_date", "/facts/ending/union_notice_date", _T, _OPTIONAL, "通知工会日期"),
    Field("/ending/layoff_report_no", "/facts/ending/layoff_report_no", _T, _OPTIONAL, "裁员报告编号"),
    Field("/ending/service_years", "/facts/ending/service_years", Origin.DERIVED, _ALWAYS, "本单位工作年限（年）"),
    Field("/ending/service_months", "/facts/ending/service_months", Origin.DERIVED, _ALWAYS, "本单位工作年限（月）"),
    Field("/ending/compensation", "/facts/ending/compensation", _T, _OPTIONAL, "经济补偿"),
    Field("/ending/archive_mode", "/facts/ending/archive_mode", _T, _OPTIONAL, "转档方式"),
    Field("/ending/archive_to", "/facts/ending/archive_to", _T, _OPTIONAL, "档案接收机构"),
    Field("/ending/certificate_no", "/facts/certificate_no", _T, _ALWAYS, "证明书编号"),
    Field("/ending/transfer_to_name", "/facts/ending/transfer/to_name", _T, _OPTIONAL, "调入单位名称"),
    Field("/ending/transfer_to_uscc", "/facts/ending/transfer/to_uscc", _T, _OPTIONAL, "调入单位信用代码"),
)
# fmt: on

# The record of a change: who, the terms as they now are, and what was changed. The rest is on file already.
_SHARED_WITH_CHANGES = (
    _SHARED
    | frozenset(
        field.target
        for field in FIELDS
        if field.target.startswith(
            ("/contract/", "/employer/host", "/employer/dispatch_", "/employer/project_")
        )
        and not field.target.startswith("/contract/probation_")
        and field.target not in ("/employer/dispatch_license_no", "/contract/employment_kind")
    )
    | {"/worker/mobile"}
)
_A = Origin.AGREEMENT

# fmt: off
CHANGE_FIELDS: tuple[Field, ...] = (
    *(replace(field, when=_IN_LATER.get(field.target, field.when)) for field in FIELDS if field.target in _SHARED_WITH_CHANGES),
    Field("/change/agreement_no", "/facts/change/agreement_no", _A, _ALWAYS, "变更协议编号"),
    Field("/change/effective_on", "/facts/change/effective_on", _A, _ALWAYS, "变更生效日期"),
    Field("/change/items", "/derived/change_items", Origin.DERIVED, _ALWAYS, "变更内容"),
)
# fmt: on

# The record of a suspension (中止) or resumption (恢复): who, which contract, and from when.
# fmt: off
SUSPENSION_FIELDS: tuple[Field, ...] = (
    *(replace(field, when=_IN_LATER.get(field.target, field.when)) for field in FIELDS if field.target in _SHARED),
    Field("/suspension/document_no", "/facts/suspension/document_no", _A, _ALWAYS, "文件编号"),
    Field("/suspension/reason", "/facts/suspension/reason", _A, _ALWAYS, "中止原因"),
    Field("/suspension/effective_on", "/facts/suspension/effective_on", _A, _ALWAYS, "中止（恢复）日期"),
    Field("/suspension/since", "/facts/suspension/since", _A, When.RESUMPTION, "中止起始日期"),
    Field("/suspension/until", "/facts/suspension/until", _A, _OPTIONAL, "预计中止截止日期"),
)
# fmt: on

# The record of a correction: who, which filing, and each field with what stands there and what should.
_SHARED_WITH_CORRECTIONS = frozenset(
    target
    for target in _SHARED
    if not target.startswith("/contract/") and target not in ("/prev_filing_no", "/late_reason")
)
_S = Origin.SLIP

# fmt: off
CORRECTION_FIELDS: tuple[Field, ...] = (
    *(field for field in FIELDS if field.target in _SHARED_WITH_CORRECTIONS),
    Field("/prev_filing_no", "/facts/correction/receipt_no", Origin.FILING, _ALWAYS, "更正的备案回执号"),
    Field("/correction/correction_no", "/facts/correction/correction_no", _S, _ALWAYS, "修改单编号"),
    Field("/correction/weight", "/facts/correction/weight", Origin.DERIVED, _ALWAYS, "更正类别"),
    Field("/correction/reason", "/facts/correction/reason", _S, _ALWAYS, "更正原因"),
    Field("/correction/items", "/facts/correction/items", _S, _ALWAYS, "更正内容"),
    Field("/correction/evidence/alg", "/facts/correction/evidence/alg", _S, When.MATERIAL, "证明材料摘要算法"),
    Field("/correction/evidence/value", "/facts/correction/evidence/value", _S, When.MATERIAL, "证明材料摘要"),
)
# fmt: on

NOT_FILED_OF_ENDINGS: Mapping[str, str] = {
    "/facts/schema": "names the form of the facts",
    "/facts/employer/signed_as": "the filing names the employer as it is called now",
    "/facts/contract_digest": "the filing names the accepted filing of the contract instead",
    "/facts/worker/birth_date": "on file with the hire",
    "/facts/worker/mobile": "on file with the hire",
    "/facts/contract/service_start": "the filing states the length of service",
    "/facts/contract/probation_end": "input of the statutory checks only",
    "/facts/ending/pay_in_lieu": "part of the compensation",
    "/facts/ending/suspended_days": "the filing states the length of service",
    "/facts/ending/evidence": "kept by the employer",
    "/facts/ending/handover": "between the parties",
}

NOT_FILED_OF_SUSPENSIONS: Mapping[str, str] = {
    "/facts/schema": "names the form of the facts",
    "/facts/employer/signed_as": "the filing names the employer as it is called now",
    "/facts/contract_digest": "the filing names the accepted filing of the contract instead",
    "/facts/worker/birth_date": "on file with the hire",
    "/facts/worker/mobile": "on file with the hire",
    "/facts/suspension/act": "the filing type says it",
    "/facts/suspension/evidence": "kept by the employer",
}

NOT_FILED: Mapping[str, str] = {
    "/facts/schema": "names the form of the facts",
    "/facts/template/slug": "the text is in the signed PDF",
    "/facts/template/version": "the text is in the signed PDF",
    "/facts/template/digest": "the text is in the signed PDF",
    "/facts/worker/email": "for notices to the worker",
    "/facts/contract/consecutive_fixed_terms": "input of the statutory checks only",
    "/facts/contract/service_start": "input of the statutory checks only",
    "/facts/contract/suspended_days": "input of the statutory checks only",
    "/facts/contract/worker_requests_fixed_term": "input of the statutory checks only",
    "/facts/contract/previous_end": "the filing names the earlier filing instead",
    "/facts/contract/probation_served_before": "input of the statutory checks only",
    "/facts/contract/hours_per_day": "the filing asks for the working-time system only",
    "/facts/contract/hours_per_week": "the filing asks for the working-time system only",
    "/facts/contract/pay_day": "between the parties",
    "/facts/contract/pay_cycle_days": "between the parties",
    "/facts/contract/wage_items": "the parts of the wage that is filed as a whole",
    "/facts/contract/insurance/maternity": "insured together with medical insurance",
    "/facts/contract/hazards": "between the parties",
    "/facts/contract/hazardous_work": "input of the statutory checks only",
    "/facts/contract/training/fee": "between the parties",
    "/facts/contract/training/service_months": "between the parties",
    "/facts/contract/training/damages": "between the parties",
    "/facts/contract/non_compete/months": "between the parties",
    "/facts/contract/non_compete/role": "between the parties",
    "/facts/contract/non_compete/monthly_compensation": "between the parties",
    "/facts/contract/dispatch/post_kind": "input of the statutory checks only",
    "/facts/contract/construction/general_contractor": "the filing names the project",
    "/facts/contract/construction/team": "kept by the site's roster",
    "/facts/contract/construction/wage_account": "financial data is never filed",
    "/facts/contract/remark": "between the parties; the filing's remark is the submitter's own",
}

_FILED_OF_CHANGES = {field.source for field in CHANGE_FIELDS}
NOT_FILED_OF_CHANGES: Mapping[str, str] = {
    **NOT_FILED,
    **{field.source: "on file with the hire" for field in FIELDS
       if field.source.startswith("/facts/") and field.source not in _FILED_OF_CHANGES},
    "/facts/change/number": "the filing names the one before it instead",
    "/facts/change/contract_digest": "the filing names the accepted filing of the contract instead",
    "/facts/change/previous_digest": "the filing names the one before it instead",
    "/facts/change/signed_end": "input of the statutory checks only",
    "/facts/change/reason": "between the parties",
    "/facts/change/items": "those that are filed stand in /change/items under the names of the record",
}  # fmt: skip
