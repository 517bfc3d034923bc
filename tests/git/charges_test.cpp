// The loops of this room are charged to the run, so that its clock ends them (B-25). Walks and trees: history_test.cpp,
// object_format_test.cpp.
#include <string>

#include "git/git_cli.hpp"
#include "git/local_objects.hpp"
#include "git/object_format.hpp"
#include "git/tag_annotation.hpp"
#include "support/catch2.hpp"
#include "support/charged.hpp"

namespace charges_test {
namespace {

using namespace acr::git;
using acr::test::is_charged;

constexpr std::size_t much = std::size_t{2} << 20;

TEST_CASE("reading a checkout is charged (B-25)", "[git]") {
  acr::test::TemporaryDirectory const folder;
  acr::test::shell(folder.path(), R"(git init -q -b main . && echo x >f && git add f && git commit -qm m
dd if=/dev/zero of=big bs=1M count=2 2>/dev/null && git hash-object -w big >big-id
id=$(git rev-parse HEAD)
for i in $(seq 300); do echo "create refs/tags/t$i $id"; done | git update-ref --stdin
for i in $(seq 6000); do echo "$id refs/packed/$i"; done | sort >.git/packed-refs)");
  Libgit2 const library;
  auto const open = [&] { return *LocalObjects::open(library, folder.path()); };
  std::string const big(acr::trimmed(acr::read_file(folder.path() / "big-id", 100)));
  CHECK(is_charged([&] { return open()->blob(big, much)->size() == much; }));
  CHECK(is_charged([&] { return open()->ref("refs/packed/7").has_value(); }));
  acr::write_file(folder.path() / ".git/packed-refs", "");
  CHECK(is_charged([&] { return open()->refs_with_prefix("refs/tags/t", 1000).size() == 300; }));
}

TEST_CASE("reading annotations and tags is charged (B-25)", "[git]") {
  std::string const text(much / 20, '\n');
  CHECK(is_charged([&] { return parse_annotation(text).error == "no-lineage-block"; }));
  auto const id = std::string(40, 'a');
  auto const tag = "object " + id + "\ntype commit\ntag t\ntagger " + std::string(much, 'x') + "\n\nm";
  CHECK(is_charged([&] { return parse_tag_object(tag, id).value().message == "m"; }));
}

}  // namespace
}  // namespace charges_test
