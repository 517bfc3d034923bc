#include "sigstore/merkle.hpp"

#include "signing/logs.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace merkle_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

std::vector<std::string> leaves(std::size_t count) {
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < count; ++i) hashes.push_back(signing::leaf_hash("leaf " + std::to_string(i)));
  return hashes;
}

std::string why(Verdict<std::string> const& root) { return root ? "accepted" : root.error().why; }

TEST_CASE("hashes are those of RFC 6962's published test tree", "[sigstore]") {
  // From the reference implementation of certificate transparency: leaves "" and 0x00, and their tree of two.
  CHECK(hex(merkle_leaf_hash("")) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CHECK(hex(merkle_node_hash(merkle_leaf_hash(""), merkle_leaf_hash(std::string(1, '\0')))) ==
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

TEST_CASE("every leaf of every tree up to 40 leaves has its proof, and no other length passes (V-57)", "[sigstore]") {
  for (std::size_t size = 1; size <= 40; ++size) {
    auto const hashes = leaves(size);
    std::string const root = signing::tree_root(hashes);
    for (std::size_t index = 0; index < size; ++index) {
      CAPTURE(size, index);
      auto proof = signing::tree_path(hashes, index);
      REQUIRE(merkle_proof_length(index, size) == proof.size());
      REQUIRE(merkle_root(hashes[index], index, size, proof).value() == root);
      // The same proof for another place or another leaf leads elsewhere, or has the wrong length.
      std::size_t const other = (index + 1) % size;
      if (other != index) {
        auto const elsewhere = merkle_root(hashes[index], other, size, proof);
        REQUIRE((!elsewhere || *elsewhere != root));
        REQUIRE(merkle_root(hashes[other], index, size, proof).value() != root);
      }
      proof.push_back(root);
      REQUIRE(why(merkle_root(hashes[index], index, size, proof)) == "the proof has the wrong number of hashes");
      if (proof.size() > 1) {
        proof.resize(proof.size() - 2);
        REQUIRE(why(merkle_root(hashes[index], index, size, proof)) == "the proof has the wrong number of hashes");
      }
    }
  }
}

TEST_CASE("an index outside the tree and a hash of another length are refused (V-57)", "[sigstore]") {
  auto const hashes = leaves(2);
  CHECK(why(merkle_root(hashes[0], 2, 2, std::vector{hashes[1]})) == "the index lies outside the tree");
  CHECK(why(merkle_root(hashes[0], 0, 0, {})) == "the index lies outside the tree");
  CHECK(why(merkle_root(hashes[0], 0, 2, std::vector{hashes[1] + "x"})) == "a hash has the wrong length");
  CHECK(why(merkle_root(hashes[0], 0, 2, std::vector<std::string>{""})) == "a hash has the wrong length");
  CHECK_THROWS_AS(merkle_proof_length(5, 5), std::logic_error);
}

TEST_CASE("the largest trees have proofs of the right length", "[sigstore]") {
  CHECK(merkle_proof_length(0, 1) == 0);
  CHECK(merkle_proof_length(0, UINT64_MAX) == 64);
  CHECK(merkle_proof_length(UINT64_MAX - 1, UINT64_MAX) == 63);
  CHECK(merkle_proof_length(std::uint64_t{1} << 62, (std::uint64_t{1} << 62) + 1) == 1);
}

}  // namespace
}  // namespace merkle_test
