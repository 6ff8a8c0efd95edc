"""The form of the public site's footer: the county's name and the facts that inspections look for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from disclosure.pages.models import SiteRecord
from disclosure.pages.site_facts import FIELDS


class FooterForm(forms.ModelForm):
    """What stands at the head and the foot of every public page; it is saved by `set_facts` alone."""

    county = forms.CharField(
        label=_("县名"), max_length=40, help_text=_("写在每页最上面“明白账”旁边，比如：枫禾县")
    )
    field_order = ("county", *FIELDS)

    class Meta:
        model = SiteRecord
        fields = FIELDS
        help_texts = {
            "sponsor": _("网站由哪个单位主办"),
            "operator": _("日常由谁承办、维护"),
            "phone": _("网站本身的事打这个电话；各地的监督电话在“配置”里填"),
            "site_code": _("全国政府网站基本信息数据库给的10位数字；还没有就空着，不要编"),
            "icp": _("工业和信息化部备案号；还没有就空着"),
            "police": _("公安机关备案号；还没有就空着"),
            "organ": _("党政机关网站标识的编号；还没有就空着"),
        }
