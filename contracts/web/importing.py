"""A draft whose contract was signed on another platform: the page that takes the signed file."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting
from contracts import selectors
from contracts.domain import ContractState
from contracts.services.importing import import_contract
from core.errors import Refused
from core.principal import Permission


class SignedFileForm(forms.Form):
    """The file as the other platform gave it out."""

    file = forms.FileField(
        label=_("已签署的合同文件（PDF）"),
        widget=forms.FileInput({"accept": "application/pdf", "class": "form-control"}),
        help_text=_("签署平台出具的原始文件，不超过 32 MB。打印后扫描的、另存过的文件没有签名，不能登记。"),
    )


@for_acting
def signed_file(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Take the file; every reason against it is told at once."""
    visit.principal.require(Permission.SEND)
    contract = selectors.contract_of(visit.principal, contract_id)
    if contract.state != ContractState.DRAFT:
        raise Refused("state_conflict")
    form = SignedFileForm(visit.request.POST or None, visit.request.FILES or None)
    if visit.posted and form.is_valid():
        try:
            import_contract(
                principal=visit.principal, contract_id=contract.pk, pdf=form.cleaned_data["file"].read()
            )
        except Refused as refused:
            blame(form, refused)
        else:
            words = _("签名核验通过，合同已登记，备案自动报送。")
            return visit.done(words, "portal:contract", contract.pk)
    return visit.show("contract_import.html", contract=contract, form=form)
