// See merkle.hpp. The proof has two parts: hashes up to the point where the leaf's path leaves the tree's right border, which
// stand left or right by the bits of the index, then hashes along that border, which all stand left.
#include "sigstore/merkle.hpp"

#include <bit>
#include <stdexcept>

#include "support/digest.hpp"

namespace acr::sigstore {
namespace {

constexpr std::size_t hash_bytes = 32;

Rejection bad_proof(std::string why) { return reject("log-inclusion-proof", "inclusion proof", std::move(why)).rule("V-57"); }

/// Length of the first part.
unsigned inner_length(std::uint64_t index, std::uint64_t size) {
  return static_cast<unsigned>(std::bit_width(index ^ (size - 1)));
}

}  // namespace

std::string merkle_leaf_hash(std::string_view entry) {
  Hasher hasher(HashAlgorithm::sha256);
  hasher.update({"\0", 1});
  hasher.update(entry);
  return hasher.finish();
}

std::string merkle_node_hash(std::string_view left, std::string_view right) {
  Hasher hasher(HashAlgorithm::sha256);
  hasher.update("\x01");
  hasher.update(left);
  hasher.update(right);
  return hasher.finish();
}

std::size_t merkle_proof_length(std::uint64_t index, std::uint64_t size) {
  if (index >= size) throw std::logic_error("a proof's index lies outside the tree");
  unsigned const inner = inner_length(index, size);
  std::uint64_t const above = inner < 64 ? index >> inner : 0;
  return inner + static_cast<std::size_t>(std::popcount(above));
}

Verdict<std::string> merkle_root(std::string_view leaf_hash, std::uint64_t index, std::uint64_t size,
                                 std::span<std::string const> hashes) {
  if (index >= size)
    return bad_proof("the index lies outside the tree").expected("below " + std::to_string(size)).found(std::to_string(index));
  if (std::size_t const length = merkle_proof_length(index, size); hashes.size() != length)
    return bad_proof("the proof has the wrong number of hashes")
        .expected(std::to_string(length))
        .found(std::to_string(hashes.size()));
  for (auto const& hash : hashes)
    if (hash.size() != hash_bytes)
      return bad_proof("a hash has the wrong length").expected("32 bytes").found(std::to_string(hash.size()) + " bytes");
  unsigned const inner = inner_length(index, size);
  std::string root(leaf_hash);
  for (unsigned level = 0; level < hashes.size(); ++level) {
    bool const on_the_left = level < inner && (index >> level & 1U) == 0;
    root = on_the_left ? merkle_node_hash(root, hashes[level]) : merkle_node_hash(hashes[level], root);
  }
  return root;
}

}  // namespace acr::sigstore
