"""`make run`: an installation with the demonstration's data, left running for a person."""

import shutil
import signal
import threading
from pathlib import Path

from config.demo import driver
from config.demo.day import PEOPLE, Desk, lay_out
from config.demo.driver import Phones
from config.demo.main_job import drive, jobs_of
from config.demo.processes import started
from config.demo.progress import Progress
from config.demo.system import Ports, System
from filing_bridge.sandbox.desk.officers import open_officers

PORTS = Ports(web=8000, pki=8318, province=8319)
CONTRACTS = 8  # brought to an accepted filing


def run(folder: Path) -> int:
    """Start from nothing, do the main job for a few contracts, fill the desk, and wait for Ctrl-C."""
    shutil.rmtree(folder, ignore_errors=True)
    system = System(folder / "system", PORTS)
    print("准备演示环境 · preparing …")
    operator_key = system.set_up()
    with started(system.programs(), folder / "logs"):
        employer, _ = drive(system, operator_key, CONTRACTS, Progress())
        phones = Phones(system.outbox)
        jobs = jobs_of(CONTRACTS + PEOPLE)
        desk = Desk.of(jobs[CONTRACTS:])
        lay_out(system, employer, phones, desk)
        passwords = open_officers(system.province_dir)
        officers = "   ".join(f"{name} {password}" for name, password in passwords.items())
        print(f"""
单位门户 Portal        {system.base_url}/
  负责人 owner          {employer.owner.email}
  人事专员 clerk        {employer.clerk.email}
  印章员 seal keeper    {employer.keeper.email}   动态口令密钥 TOTP secret {employer.keeper.totp_secret}
  审计员 auditor        {employer.auditor.email}
  密码 password         {driver.PASSWORD}
我的合同 my contracts   {system.base_url}/mine/   手机 phone {jobs[0].worker["mobile"]}
接口文档 API schema     {system.base_url}/api/v1/schema/
测试省厅 province       {system.province_url}/admin
  经办人员 officers     {system.province_url}/desk   {officers}
短信 text messages      {system.outbox / "sms.jsonl"}
""")
        for job in desk.to_sign:
            link = phones.wait(job.worker["mobile"], r"(http\S+/sign/#\S{43})")
            print(f"待签署 to be signed: {job.worker['name']} {job.worker['id_no']}\n  {link}")
        print("\n全部为虚构人员和测试证书，不是法律证据。按 Ctrl-C 结束。")
        print("Invented people, test certificates: not evidence. Ctrl-C stops everything.")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
    return 0
