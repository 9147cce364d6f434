"""The desk's addresses: what officers see and do. Loopback only, behind a log-in, under a strict policy.

GET/POST /desk/login   GET /desk   GET /desk/filing/<key>   POST …/decision   POST …/exception
GET /desk/corrections   GET /desk/voids   GET /desk/filing/<key>/slip|evidence
GET/POST /desk/batches   POST /desk/batches/<no>/approval|refusal
GET /desk/proxy   POST /desk/filing/<key>/leave   GET /desk/filing/<key>/letter
GET /desk/worklist   GET /desk/worklist.csv   POST /desk/worklist/<key>
GET /desk/statistics   GET /desk/statistics.csv
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from functools import partial
from hashlib import sha256

from markupsafe import Markup
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from core import papers
from filing_bridge.mapping import FilingType
from filing_bridge.protocol import Event, RejectItem, State
from filing_bridge.review import REVIEW_CODES
from filing_bridge.sandbox.admin import only_loopback
from filing_bridge.sandbox.clock import SHANGHAI, Clock
from filing_bridge.sandbox.decisions import AlreadyDecided, Decisions
from filing_bridge.sandbox.desk import amendments, pages
from filing_bridge.sandbox.desk.officers import COOKIE, Sessions
from filing_bridge.sandbox.desk.statistics import COUNTS, Count
from filing_bridge.sandbox.desk.store import DeskStore, SameOfficer, Waiting
from filing_bridge.sandbox.desk.words import STATES
from filing_bridge.sandbox.proxy import REASON, Letter, NotToBeEnded
from filing_bridge.sandbox.server import Reply
from filing_bridge.sandbox.slip_file import evidence_in
from filing_bridge.sandbox.store import Store

POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MOST = 100
OPEN = ("received", "under_review")
FORMULA = tuple("=+-@\t\r＝＋－＠")

Handler = Callable[..., Response]


class Desk:
    """Thread-safe."""

    def __init__(
        self, store: DeskStore, register: Store, decisions: Decisions, sessions: Sessions, clock: Clock
    ) -> None:
        self._store = store
        self._register = register
        self._decisions = decisions
        self._sessions = sessions
        self._clock = clock

    def endpoints(self) -> Iterator[tuple[str, str, Callable[..., Reply]]]:
        """Method, path and handler of each."""
        yield "GET", "/desk/style.css", partial(self._open, self._style)
        yield "GET", "/desk/login", partial(self._open, self._ask_who)
        yield "POST", "/desk/login", partial(self._open, self._log_in)
        for path, page in (
            ("", self._queue),
            ("/filing/<key>", self._filing),
            ("/filing/<key>/slip", self._slip),
            ("/filing/<key>/evidence", self._evidence),
            ("/corrections", self._corrections),
            ("/voids", self._voids),
            ("/batches", self._batches),
            ("/worklist", self._worklist),
            ("/worklist.csv", self._export),
            ("/proxy", self._find),
            ("/filing/<key>/letter", self._letter),
            ("/statistics", self._statistics),
            ("/statistics.csv", self._export_statistics),
        ):
            yield "GET", f"/desk{path}", partial(self._looking, page)
        for path, act in (
            ("/logout", self._log_out),
            ("/filing/<key>/decision", self._decide),
            ("/filing/<key>/exception", self._set_aside),
            ("/filing/<key>/leave", self._leave),
            ("/batches", self._propose),
            ("/batches/<int:no>/approval", partial(self._second, approved=True)),
            ("/batches/<int:no>/refusal", partial(self._second, approved=False)),
            ("/worklist/<key>", self._close),
        ):
            yield "POST", f"/desk{path}", partial(self._acting, act)

    def _open(self, handler: Handler, request: Request, **arguments: object) -> Reply:
        only_loopback(request)
        response = handler(request, **arguments)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return Reply(response)

    def _looking(self, handler: Handler, request: Request, **arguments: object) -> Reply:
        if self._sessions.officer(request) is None:
            return self._open(lambda _request, **_arguments: redirect("/desk/login", 303), request)
        return self._open(handler, request, **arguments)

    def _acting(self, handler: Handler, request: Request, **arguments: object) -> Reply:
        if self._sessions.officer(request) is None:
            raise Forbidden
        self._sessions.check_form(request)
        return self._open(handler, request, **arguments)

    def _page(self, request: Request, title: str, content: Markup) -> Response:
        officer, token = self._sessions.officer(request), self._sessions.form_token(request)
        page = pages.frame(title, content, officer=officer or "", token=token)
        return Response(page, mimetype="text/html")

    def _style(self, _request: Request) -> Response:
        return Response(pages.STYLE, mimetype="text/css")

    def _ask_who(self, request: Request) -> Response:
        return self._page(request, "经办人员登录", pages.login())

    def _log_in(self, request: Request) -> Response:
        token = self._sessions.open(request.form.get("name", ""), request.form.get("password", ""))
        response = redirect("/desk", 303)
        response.set_cookie(COOKIE, token, path="/desk", httponly=True, samesite="Strict")
        return response

    def _log_out(self, request: Request) -> Response:
        self._sessions.close(request)
        return redirect("/desk/login", 303)

    def _queue(self, request: Request) -> Response:
        waiting = self._store.queue(OPEN, after=request.args.get("after", 0, type=int), most=MOST)
        more = waiting[-1].no if len(waiting) == MOST else None
        return self._page(
            request, "待审备案", pages.queue(waiting, self._sessions.form_token(request), more=more)
        )

    def _filing(self, request: Request, key: str) -> Response:
        each = self._known(key)
        acts = [(row["at"], row["officer"], row["what"], row["codes"]) for row in self._store.acts(key)]
        token = self._sessions.form_token(request)
        content = pages.filing(
            each,
            acts,
            token,
            self._sessions.officers,
            today=self._clock.today().isoformat(),
            besides=self._amended(each, token),
            outcomes=[outcome for outcome in pages.OUTCOMES if self._may_be(each, outcome[0])],
        )
        return self._page(request, "备案审核", content)

    def _amended(self, each: Waiting, token: str) -> Markup:
        """What is to be corrected, for a correction; why it was withdrawn, for a filing that was; for any
        other, what was corrected in it."""
        if (void := self._register.void(each.key)) is not None:
            return Markup("<p>撤回原因：{}</p>").format(void["reason"])
        base = self._register.filing(self._register.corrected_by(each.key) or "")
        if base is None:
            return amendments.history(self._register.corrections_of(each.key))
        versions = len(self._register.versions(base))
        return amendments.correction(each, versions, token, is_open=each.state in OPEN)

    def _may_be(self, each: Waiting, state: str) -> bool:
        """Whether one officer may decide so: none is returned, a material one takes two to accept."""
        if each.record["filing_type"] != FilingType.CORRECTION:
            return True
        return state == State.REJECTED or (
            state == State.ACCEPTED and not amendments.is_material(each.record)
        )

    def _slip(self, _request: Request, key: str) -> Response:
        return _file(self._register.slip(key), f"{key[:16]}.pdf")

    def _evidence(self, _request: Request, key: str) -> Response:
        evidence = evidence_in(self._register.slip(key) or b"")
        return _file(evidence, f"{key[:16]}-evidence.{papers.kind_of(evidence)[1]}" if evidence else "")

    def _corrections(self, request: Request) -> Response:
        waiting = self._store.queue(OPEN, after=0, most=MOST, event=Event.CORRECTION)
        return self._page(request, "待审更正", amendments.corrections(waiting))

    def _voids(self, request: Request) -> Response:
        rows = [
            (
                Markup('<a href="/desk/filing/{}">{}</a>').format(row["key"], row["receipt_no"]),
                row["employer"],
                row["reason"],
                f"{datetime.fromisoformat(row['voided_at']).astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            )
            for row in self._store.voids(most=MOST)
        ]
        return self._page(request, "申报作废", amendments.voids(rows))

    def _decide(self, request: Request, key: str) -> Response:
        """An officer picks codes; free text only comes in addition."""
        try:
            state = State(request.form.get("state", ""))
            codes = [REVIEW_CODES[code] for code in request.form.getlist("code")]
        except (KeyError, ValueError) as error:
            raise BadRequest from error
        if state not in (State.ACCEPTED, State.RETURNED, State.REJECTED):
            raise BadRequest
        if (state is State.ACCEPTED) == bool(codes):
            raise BadRequest("退回或不予受理须选择原因代码；通过的不选。")
        if not self._may_be(self._known(key), state):
            raise Conflict("更正不退回修改；重要更正须由一名经办人员提请，另一名复核通过。")
        words = request.form.get("words", "").strip()
        self._carry_out(key, state, [code.item(words) for code in codes])
        self._note(request, key, state.value, [code.code for code in codes])
        return redirect("/desk", 303)

    def _carry_out(self, key: str, state: State, items: Sequence[RejectItem]) -> None:
        try:
            self._decisions.decide(key, state, items)
        except KeyError as error:
            raise NotFound from error
        except AlreadyDecided as error:
            raise Conflict("这件备案已经办结。") from error

    def _note(self, request: Request, key: str, what: str, codes: Sequence[str] = ()) -> None:
        self._store.note(self._clock.now(), self._who(request), key, what, codes)

    def _set_aside(self, request: Request, key: str) -> Response:
        self._known(key)
        form = request.form
        if form.get("reason") not in REVIEW_CODES or form.get("owner") not in self._sessions.officers:
            raise BadRequest
        try:
            due = date.fromisoformat(form.get("due", ""))
        except ValueError as error:
            raise BadRequest from error
        note = form.get("note", "")[:200]
        self._store.set_aside(self._clock.now(), key, form["reason"], form["owner"], note, due)
        self._note(request, key, "set aside", [form["reason"]])
        return redirect("/desk/worklist", 303)

    def _find(self, request: Request) -> Response:
        """Where an officer looks up the hire of somebody whose employer cannot act."""
        wanted = request.args.get("receipt_no", "").strip()
        found = self._store.with_receipt(wanted) if wanted else None
        if found is not None:
            return redirect(f"/desk/filing/{found.key}", 303)
        return self._page(request, "代办退工", pages.proxy(missing=bool(wanted)))

    def _leave(self, request: Request, key: str) -> Response:
        """End an employment for an employer who cannot act; the letter stands for the signature."""
        self._known(key)
        number, upload = request.form.get("number", "").strip()[:60], request.files.get("paper")
        paper = b""
        if upload is not None:
            with closing(upload):
                paper = upload.read(papers.MAX_BYTES + 1)
        try:
            day = date.fromisoformat(request.form.get("day", ""))
        except ValueError as error:
            raise BadRequest("请填写解除或者终止的日期。") from error
        if not number or not papers.is_paper(paper):
            raise BadRequest("请填写协查回函文号，并上传回函（PDF、PNG 或 JPEG，不超过 5 MB）。")
        letter = Letter(number, sha256(paper).hexdigest())
        try:
            ending = self._decisions.end_for_employer(key, day, letter)
        except NotToBeEnded as error:
            raise BadRequest(str(error)) from error
        except AlreadyDecided as error:
            raise Conflict("这份合同已经办理退工。") from error
        self._store.keep_letter(ending.key, number, paper)
        self._note(request, key, "ended for the employer", [REASON])
        self._note(request, ending.key, "entered for the employer", [REASON])
        return redirect(f"/desk/filing/{ending.key}", 303)

    def _letter(self, _request: Request, key: str) -> Response:
        found = self._store.letter(key)
        if found is None:
            raise NotFound
        response = Response(found["paper"], mimetype="application/octet-stream")
        name = f"{key[:16]}-letter.{papers.kind_of(found['paper'])[1]}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _batches(self, request: Request) -> Response:
        token = self._sessions.form_token(request)
        content = pages.batches(self._store.open_batches(), self._who(request), token)
        return self._page(request, "批量复核", content)

    def _propose(self, request: Request) -> Response:
        keys = request.form.getlist("key")
        if not 0 < len(keys) <= MOST:
            raise BadRequest("请先勾选 1 至 100 件。")
        for key in keys:
            self._known(key)
        self._store.propose(self._clock.now(), self._who(request), keys)
        return redirect("/desk/batches", 303)

    def _second(self, request: Request, no: int, *, approved: bool) -> Response:
        """Each filing of the batch on its own: one that was decided meanwhile is left as it is."""
        try:
            keys = self._store.decide_batch(no, self._who(request), approved=approved)
        except SameOfficer as error:
            raise Conflict("须由另一名经办人员复核，且只能复核一次。") from error
        for key in keys if approved else ():
            try:
                self._carry_out(key, State.ACCEPTED, ())
            except Conflict:
                continue
            self._note(request, key, State.ACCEPTED.value, [f"batch-{no}"])
        return redirect("/desk/batches", 303)

    def _worklist(self, request: Request) -> Response:
        token = self._sessions.form_token(request)
        rows = [
            (
                Markup('<a href="/desk/filing/{}">{}</a>').format(row["key"], row["receipt_no"]),
                STATES[row["state"]],
                REVIEW_CODES[row["reason"]].zh,
                row["owner"],
                row["note"],
                row["due"],
                pages.act(f"/desk/worklist/{row['key']}", token, "办结 Close", plain=True),
            )
            for row in self._store.worklist()
        ]
        return self._page(request, "疑难件", pages.worklist(rows))

    def _export(self, _request: Request) -> Response:
        """The worklist for a spreadsheet: no names, and no cell that could be read as a formula."""
        columns = ("receipt_no", "state", "reason", "owner", "note", "due")
        rows = [[row[name] for name in columns] for row in self._store.worklist()]
        return _csv(("受理号", "状态", "原因代码", "负责人", "备注", "期限"), rows)

    def _close(self, request: Request, key: str) -> Response:
        self._store.close_exception(key, self._who(request))
        self._note(request, key, "exception closed")
        return redirect("/desk/worklist", 303)

    def _statistics(self, request: Request) -> Response:
        content = pages.statistics(self._told()) + pages.online_shares(self._store.online_shares())
        return self._page(request, "统计", content)

    def _export_statistics(self, _request: Request) -> Response:
        """The same numbers for a spreadsheet, to be looked through together."""
        rows = [
            (count.title, count.words(name), heading, number)
            for count, lines in self._told()
            for name, *numbers in lines
            for heading, number in zip(count.numbers, numbers, strict=True)
        ]
        return _csv(("统计表", "类别", "项目", "数量"), rows)

    def _told(self) -> list[tuple[Count, list[tuple[str, ...]]]]:
        return [(count, self._store.numbers(count)) for count in COUNTS]

    def _known(self, key: str) -> Waiting:
        found = self._store.filing(key)
        if found is None:
            raise NotFound
        return found

    def _who(self, request: Request) -> str:
        officer = self._sessions.officer(request)
        assert officer is not None
        return officer


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Lines for a spreadsheet, which takes none of the cells for a formula."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(head)
    lines.writerows([f"'{cell}" if cell[:1] in FORMULA else cell for cell in row] for row in rows)
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv")


def _file(content: bytes | None, name: str) -> Response:
    """A file to be kept, never shown within the desk's own origin."""
    if not content:
        raise NotFound
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
