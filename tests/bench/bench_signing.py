"""Two parties sign one contract, up to B-LTA: our flow beside stock pyHanko, in turns, P-256 and RSA-2048.

CPU milliseconds of this process; the authorities run in another. Both start from the same prepared document
of eight pages with keys and certificates at hand, and end with a file that proves itself offline. Stock
pyHanko is used as its documentation shows: SimpleSigner, a PNG stamp, an HTTP time-stamper, B-LTA for each.
"""

import asyncio
import gc
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pypdfium2
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.keys.cms import certificate_der
from signing.keys.signing_key import KeyAlgorithm, SigningKey
from signing.pades import Completion, archive, prepare, sign_first, sign_next, validate
from tests.support.ceremony import Ceremony, fields
from tests.support.pki import running_pki
from tests.support.sample_pdf import sample_pdf

LIMIT = 0.45
ROUNDS = 9
CLAUSES = 100


def rows(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """For each kind of key: the floor, stock pyHanko, ours with `ratio` and its `limit`, and our steps."""
    table: list[dict[str, Any]] = []
    for algorithm in KeyAlgorithm:
        with tempfile.TemporaryDirectory() as folder, running_pki(Path(folder) / "pki", algorithm) as pki:
            table += _compare(Ceremony(pki, algorithm), rounds)
    return table


def _compare(ceremony: Ceremony, rounds: int) -> list[dict[str, Any]]:
    base = prepare(sample_pdf(CLAUSES)[0], fields(CLAUSES))
    stamp = _stamp(ceremony)
    steps: dict[str, list[float]] = {"sign": [], "seal": [], "archive": [], "validate": []}
    ours: list[float] = []
    stock: list[float] = []
    floor: list[float] = []
    final = _ours(ceremony, base, steps)  # the first round warms fonts, connections and caches
    _stock(ceremony, base, stamp)
    for values in steps.values():
        values.clear()
    for _ in range(rounds):
        floor.append(_timed(lambda: _floor(ceremony, final)))
        ours.append(_timed(lambda: _ours(ceremony, base, steps)))
        stock.append(_timed(lambda: _stock(ceremony, base, stamp)))
        steps["validate"].append(_timed(lambda: _judge(ceremony, final)))
    name = ceremony.algorithm.value
    middle = statistics.median
    return [
        {"name": f"{name}: SHA-256 of the file and the key, twice", "ms": middle(floor)},
        {"name": f"{name}: stock pyHanko, two parties, B-LTA", "ms": middle(stock)},
        {
            "name": f"{name}: ours, two parties, B-LTA",
            "ms": middle(ours),
            "ratio": middle(ours) / middle(stock),
            "limit": LIMIT,
        },
        *({"name": f"{name}:   {step}", "ms": middle(values)} for step, values in steps.items()),
    ]


def _timed(action: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    action()
    return (time.process_time() - began) * 1000


def _ours(ceremony: Ceremony, base: bytes, steps: dict[str, list[float]]) -> bytes:
    began = time.process_time()
    first = sign_first(base, ceremony.worker, ceremony.tsa)
    signed = time.process_time()
    completion = Completion(ceremony.evidence(ceremony.worker_key, ceremony.employer_key))
    second = sign_next(first, ceremony.employer, ceremony.tsa, completion)
    sealed = time.process_time()
    final = archive(second, ceremony.tsa)
    done = time.process_time()
    for step, seconds in (("sign", signed - began), ("seal", sealed - signed), ("archive", done - sealed)):
        steps[step].append(seconds * 1000)
    return final


def _floor(ceremony: Ceremony, final: bytes) -> None:
    for key in (ceremony.worker_key, ceremony.employer_key):
        key.sign(hashlib.sha256(final).digest())


def _judge(ceremony: Ceremony, final: bytes) -> None:
    verdict = validate(final, ceremony.roots)
    if not verdict.ok:
        raise AssertionError(verdict.problems)


def _stock(ceremony: Ceremony, base: bytes, stamp: bytes) -> bytes:
    pdf = base
    for name, key in (("worker", ceremony.worker_key), ("employer", ceremony.employer_key)):
        pdf = asyncio.run(_stock_signature(ceremony, pdf, name, key, stamp))
    return pdf


async def _stock_signature(ceremony: Ceremony, pdf: bytes, name: str, key: SigningKey, stamp: bytes) -> bytes:
    root = asn1_x509.Certificate.load(certificate_der(ceremony.roots[0]))
    chain = [asn1_x509.Certificate.load(certificate_der(certificate)) for certificate in key.chain]
    private = key.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate_der(key.certificate)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )
    style = StaticStampStyle(border_width=0, background=PdfImage(Image.open(BytesIO(stamp))))
    async with aiohttp.ClientSession() as session:
        context = ValidationContext(
            trust_roots=[root],
            other_certs=chain,
            allow_fetching=True,
            fetcher_backend=AIOHttpFetcherBackend(session),
            revocation_mode="hard-fail",
            time_tolerance=timedelta(seconds=30),  # a busy machine may fetch seconds after it read the clock
        )
        metadata = signers.PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=name == "worker",
            docmdp_permissions=MDPPerm.FILL_FORMS,
            embed_validation_info=True,
            use_pades_lta=True,
            validation_context=context,
        )
        tsa = HTTPTimeStamper(ceremony.pki.tsa_url, session=session)
        pdf_signer = signers.PdfSigner(metadata, signer, timestamper=tsa, stamp_style=style)
        output: BytesIO = await pdf_signer.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
        return output.getvalue()


def _stamp(ceremony: Ceremony) -> bytes:
    """Our seal as the PNG that one would otherwise stamp with: 300 dpi."""
    spec = replace(fields()[1], zone=None)
    base = prepare(sample_pdf()[0], [spec])
    party = ceremony.employer
    completion = Completion(ceremony.evidence(ceremony.employer_key))
    document = pypdfium2.PdfDocument(sign_first(base, party, ceremony.tsa, completion))
    document.init_forms()
    image = document[spec.box.page - 1].render(scale=300 / 72).to_pil().convert("RGBA")
    document.close()
    left, top = spec.box.x * image.width, spec.box.y * image.height
    right, bottom = left + spec.box.w * image.width, top + spec.box.h * image.height
    output = BytesIO()
    image.crop((round(left), round(top), round(right), round(bottom))).save(output, "PNG")
    return output.getvalue()
