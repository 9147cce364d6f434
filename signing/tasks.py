"""Due work of signing, and its sweeps. Channel `signing` runs in the signer process only."""

from datetime import timedelta

from core import work
from signing.evidence import sequencer  # noqa: F401  (registers the sealing of the audit log)
from signing.services import (
    accepting,
    applications,
    applying,
    changing,
    identity,
    inspecting,
    jobs,
    keyroom,
    links,
    notices,
    pages,
    requests,
)

work.handler("signing.notice", urgent=True)(notices.send_notice)
work.handler("signing.report")(notices.ask_report)
work.handler("signing.identify", urgent=True)(identity.ask_provider)
work.handler(changing.CHECK, urgent=True)(changing.ask_provider)
work.handler("signing.pages", urgent=True, lease=timedelta(minutes=5))(pages.make_page_images)
work.handler("signing.accept", lease=timedelta(minutes=2))(accepting.accept_request)
work.handler("signing.apply", channel=work.SIGNING, urgent=True)(applying.apply_job)
work.handler("signing.seal", channel=work.SIGNING)(applying.apply_job)  # thousands at once
work.handler("signing.enrol", channel=work.SIGNING)(keyroom.fetch_organisation_key)

work.periodic("expire signature requests", every=timedelta(seconds=60))(requests.expire_requests)
work.periodic("remind who has not signed", every=timedelta(minutes=10))(links.remind_waiting)
work.periodic("give up expired signing jobs", every=timedelta(seconds=60))(jobs.fail_expired_jobs)
work.periodic("finish seal applications", every=timedelta(seconds=5))(applications.finish_applications)
work.periodic("forget inspected pages", every=timedelta(minutes=10))(inspecting.forget_pages)
