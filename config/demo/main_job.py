"""The main job: an employer, its workers, every contract from template to accepted filing, with proofs."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from config.demo import driver, people
from config.demo.driver import CHINA, Employer, Job, Phones
from config.demo.processes import started
from config.demo.progress import Progress
from config.demo.system import Ports, System

PHONES_AT_ONCE = 6
BESIDES = frozenset({"employer", "change", "renewal", "ending"})  # stages that are not of every contract


def run(folder: Path, contracts: int) -> int:
    """Run it in a fresh `folder`, leave the results there, print what happened. 0 when all were accepted."""
    shutil.rmtree(folder, ignore_errors=True)
    system = System(folder / "system", Ports.free())
    print("签备 Qianbei: 从合同模板到备案回执 · from template to accepted filing")
    print("测试证书、测试短信、测试省厅：不是法律证据 · stand-ins throughout: TEST, not evidence\n")
    operator_key = system.set_up()
    with started(system.programs(), folder / "logs"):
        progress = Progress()
        employer, jobs = drive(system, operator_key, contracts, progress)
        summary = summarise(jobs, progress)
        collect(system, employer, jobs, folder)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    print_table(jobs, summary, folder)
    later = (summary["changed"], summary["renewed"], summary["terminated"])
    return 0 if summary["accepted"] == contracts and later == (1, len(ending_soon(jobs)), 1) else 1


def drive(
    system: System, operator_key: str, contracts: int, progress: Progress
) -> tuple[Employer, list[Job]]:
    """Everybody's part in turn; each stage is timed."""
    phones = Phones(system.outbox)
    with progress.stage("employer", "单位注册、审核、成员、印章 · employer, members, seal", 1):
        employer = driver.register_employer(system.base_url, operator_key, system.outbox)
    jobs = jobs_of(contracts)

    def everybody(name: str, title: str, act: Callable[[Job], None], chosen: Sequence[Job]) -> None:
        with progress.stage(name, title, len(chosen)):
            driver.in_parallel(act, chosen, PHONES_AT_ONCE, progress.step)

    everybody(
        "draft_and_send",
        "录入、检查、发送 · entered, checked, sent",
        partial(driver.draft_and_send, employer),
        jobs,
    )
    everybody("render", "生成合同 · rendered", partial(driver.wait_for_contract, employer, "signing"), jobs)
    sign = partial(driver.sign_as_worker, system.base_url, phones)
    everybody("worker_signs", "核身、阅读、签名 · read and signed by the workers", sign, jobs)
    driver.seal_all(employer, jobs)
    effective = partial(driver.wait_for_contract, employer, "effective")
    everybody("employer_seals", "盖章、验证、生效 · sealed, verified, in force", effective, jobs)
    everybody("filing", "报送、回执 · filed and accepted", partial(driver.wait_for_filing, employer), jobs)
    evidence = partial(driver.wait_for_evidence, employer)
    everybody("form_and_evidence", "备案表、证据包 · sealed forms, evidence", evidence, jobs)
    later = (employer, system.base_url, phones)
    change = partial(driver.change, *later)
    everybody("change", "变更：协议、变更备案 · one is promoted: agreement, filing", change, jobs[:1])
    renew, soon = partial(driver.renew, *later), ending_soon(jobs)
    everybody("renewal", "续订：合同、续订备案 · terms that end soon: renewed, filed", renew, soon)
    terminate = partial(driver.terminate, *later)
    everybody("ending", "离职：证明书、解除备案 · one leaves: certificate, filing", terminate, jobs[-1:])
    return employer, jobs


def jobs_of(count: int) -> list[Job]:
    """`count` contracts that begin today, always of the same workers."""
    today = datetime.now(CHINA).date()
    return [
        Job(number, worker, template, people.terms(own, today))
        for number, (worker, template, own) in enumerate(people.workers(count))
    ]


def ending_soon(jobs: Sequence[Job]) -> list[Job]:
    """Those whose term ends within a month; the last one leaves instead."""
    edge = (datetime.now(CHINA).date() + timedelta(days=30)).isoformat()
    return [job for job in jobs[:-1] if job.terms.get("end", edge) < edge]


def summarise(jobs: list[Job], progress: Progress) -> dict[str, Any]:
    """What `summary.json` holds."""
    work = {name: seconds for name, seconds in progress.seconds.items() if name not in BESIDES}
    total = sum(work.values())
    return {
        "contracts": len(jobs),
        "effective": sum(job.effective for job in jobs),
        "accepted": sum(job.accepted for job in jobs),
        "changed": sum(job.changed for job in jobs),
        "renewed": sum(job.renewed for job in jobs),
        "terminated": sum(job.terminated for job in jobs),
        "seconds": progress.seconds,
        "contracts_per_second": round(len(jobs) / total, 3),
    }


def collect(system: System, employer: Employer, jobs: list[Job], folder: Path) -> None:
    """The papers of the first contract, as anybody would download them."""
    api, job = employer.clerk.api, jobs[0]
    contract = f"contracts/{job.contract_id}"
    filing = f"filings/{job.filing_id}"
    for name, path in (
        ("contract.pdf", f"{contract}/document/"),
        ("evidence.zip", f"{contract}/evidence/"),
        ("contract.json", f"{contract}/facts/"),
        ("filing.json", f"{filing}/record/"),
        ("receipt.json", f"{filing}/receipt/"),
        ("filing-form.pdf", f"{filing}/form/"),
    ):
        (folder / name).write_bytes(api.download(path))
    (folder / "trust").mkdir()
    shutil.copy(system.root_certificate, folder / "trust" / "root.pem")


_LATER = {"changed": "，已变更 changed", "renewed": "，已续订 renewed", "terminated": "，已解除 terminated"}


def print_table(jobs: list[Job], summary: dict[str, Any], folder: Path) -> None:
    """What became of everybody."""
    print()
    for job in jobs[:20]:
        state = "已备案 accepted" if job.accepted else "未完成 not accepted"
        state += "".join(words for done, words in _LATER.items() if getattr(job, done))
        print(f"  {job.number + 1:>4}  {job.template:<13} {job.receipt_no:<28} {state}  {job.worker['name']}")
    if len(jobs) > 20:
        print(f"        … {len(jobs) - 20} more")
    print(
        "\n{contracts} contracts, {effective} effective, {accepted} accepted, {changed} changed, "
        "{renewed} renewed, {terminated} terminated; "
        "{contracts_per_second} contracts per second".format(**summary)
    )
    print(f"文件 Files: {folder}")
    sys.stdout.flush()
