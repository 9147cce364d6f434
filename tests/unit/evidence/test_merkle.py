"""Merkle hashing against the published reference vectors of RFC 6962 logs, and proofs for every size."""

import pytest

from signing.evidence import merkle

# The reference inputs of Certificate Transparency test suites, and the roots over the first 1 … 8 of them.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [merkle.leaf_hash(bytes.fromhex(text)) for text in INPUTS]


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_the_reference(count: int) -> None:
    assert merkle.root(LEAVES[:count]).hex() == ROOTS[count - 1]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 64, 100])
def test_every_leaf_has_a_proof_that_leads_to_the_root(count: int) -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(count)]
    root = merkle.root(leaves)
    for index, (leaf, proof) in enumerate(zip(leaves, merkle.inclusion_proofs(leaves), strict=True)):
        assert merkle.root_from_proof(leaf, index, count, proof) == root


def test_a_proof_fits_no_other_leaf_place_or_length() -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(7)]
    root, proof = merkle.root(leaves), merkle.inclusion_proofs(leaves)[3]
    assert merkle.root_from_proof(leaves[2], 3, 7, proof) != root
    assert merkle.root_from_proof(leaves[3], 2, 7, proof) != root
    with pytest.raises(ValueError, match="too short"):
        merkle.root_from_proof(leaves[3], 3, 7, proof[:-1])
    with pytest.raises(ValueError, match="too long"):
        merkle.root_from_proof(leaves[3], 3, 7, [*proof, proof[0]])


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def test_an_empty_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        merkle.root([])
