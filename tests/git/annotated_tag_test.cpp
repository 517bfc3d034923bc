#include "git/annotated_tag.hpp"

#include "git/limits.hpp"
#include "memory/objects.hpp"
#include "support/catch2.hpp"
#include "support/thrown.hpp"

namespace annotated_tag_test {
namespace {

using namespace acr::git;

struct Repository {
  MemoryObjects objects;
  ObjectId tree = objects.add_files({{"charts/web/Chart.yaml", "name: web\n"}});
  ObjectId commit = objects.add_commit(tree);

  ObjectId annotated(std::string const& ref, std::string const& header, ObjectId const& target, ObjectType type) {
    auto const id = objects.add_tag(header, target, type, "text of " + header);
    objects.set_ref("refs/tags/" + ref, id);
    return id;
  }
};

TEST_CASE("an annotated tag gives its message and commit", "[git]") {
  Repository repository;
  auto const id = repository.annotated("web-v1", "web-v1", repository.commit, ObjectType::commit);
  auto const tag = resolve_tag(repository.objects, "web-v1");
  REQUIRE(tag.has_value());
  CHECK(tag->name == "web-v1");
  CHECK(tag->tag_object == id);
  CHECK(tag->message == "text of web-v1");
  CHECK(tag->commit.id == repository.commit);
  CHECK(tag->commit.tree == repository.tree);
}

TEST_CASE("a lightweight tag is not an annotation, whatever its commit says", "[git]") {
  Repository repository;
  bool const to_commit = one_of({true, false});
  repository.objects.set_ref("refs/tags/web-v1", to_commit ? repository.commit : repository.tree);
  auto const tag = resolve_tag(repository.objects, "web-v1");
  REQUIRE(tag.has_error());
  CHECK(tag.error().code == "tag-not-annotated");
  CHECK(tag.error().where == "tag web-v1");
}

TEST_CASE("a tag that is not there is not found under another name", "[git]") {
  Repository repository;
  repository.annotated("web-v1.0", "web-v1.0", repository.commit, ObjectType::commit);
  auto const name = one_of<std::string>({"web-v1", "WEB-v1.0", "web-v1.0 ", "refs/tags/web-v1.0"});
  CHECK(resolve_tag(repository.objects, name).error().code == "tag-not-found");
}

TEST_CASE("an object behind a tag that is too large to be read spoils that tag alone", "[git]") {
  Repository repository;
  auto const huge =
      repository.objects.add_tag("web-v1", repository.commit, ObjectType::commit, std::string(max_commit_bytes, 'x'));
  repository.objects.set_ref("refs/tags/web-v1", huge);
  auto const tag = resolve_tag(repository.objects, "web-v1");
  REQUIRE(tag.has_error());
  CHECK(tag.error().code == "tag-too-large");
  CHECK(tag.error().where == "tag web-v1");
}

TEST_CASE("an object behind a tag that is damaged is no matter of the tag", "[git]") {
  Repository repository;
  repository.objects.set_ref("refs/tags/web-v1", repository.objects.add_object(ObjectType::tag, "no tag"));
  CHECK(acr::test::thrown_code([&] { (void)resolve_tag(repository.objects, "web-v1"); }) == "object-corrupt");
}

TEST_CASE("a tag object under another name is refused", "[git]") {
  Repository repository;
  repository.annotated("web-v2", "web-v1", repository.commit, ObjectType::commit);
  auto const tag = resolve_tag(repository.objects, "web-v2");
  REQUIRE(tag.has_error());
  CHECK(tag.error().code == "tag-name-mismatch");
  CHECK(tag.error().expected_value == "web-v2");
  CHECK(tag.error().found_value == "web-v1");
}

TEST_CASE("a tag of a tree or a file has no commit", "[git]") {
  Repository repository;
  auto const type = one_of({ObjectType::tree, ObjectType::blob});
  repository.annotated("web-v1", "web-v1", repository.tree, type);
  CHECK(resolve_tag(repository.objects, "web-v1").error().code == "tag-target-not-commit");
}

TEST_CASE("tags of tags are peeled five deep, the outermost speaks", "[git]") {
  Repository repository;
  auto const depth = one_of({1, 2, 5, 6});
  CAPTURE(depth);
  ObjectId target = repository.commit;
  auto type = ObjectType::commit;
  for (int i = depth; i > 1; --i) {
    target = repository.objects.add_tag("inner-" + std::to_string(i), target, type, "inner text");
    type = ObjectType::tag;
  }
  repository.annotated("web-v1", "web-v1", target, type);
  auto const tag = resolve_tag(repository.objects, "web-v1");
  if (depth == 6) {
    REQUIRE(tag.has_error());
    CHECK(tag.error().code == "tag-nesting");
  } else {
    REQUIRE(tag.has_value());
    CHECK(tag->message == "text of web-v1");
    CHECK(tag->commit.id == repository.commit);
  }
}

TEST_CASE("objects that no source has are told apart from tags that do not exist", "[git]") {
  Repository repository;
  auto const inner = repository.objects.add_tag("inner", repository.commit, ObjectType::commit, "x");
  auto const outer = repository.annotated("web-v1", "web-v1", inner, ObjectType::tag);
  std::size_t const which = one_of({0U, 1U, 2U});
  ObjectId const gone = std::vector{outer, inner, repository.commit}[which];
  repository.objects.forget(gone);
  auto const tag = resolve_tag(repository.objects, "web-v1");
  REQUIRE(tag.has_error());
  CHECK(tag.error().code == "object-missing");
  CHECK(tag.error().expected_value == gone);
}

TEST_CASE("a tag that lies about its target's type is refused", "[git]") {
  Repository repository;
  auto const claimed = one_of({ObjectType::commit, ObjectType::tag});
  repository.annotated("web-v1", "web-v1", repository.tree, claimed);
  CHECK(resolve_tag(repository.objects, "web-v1").error().code == "object-missing");
}

}  // namespace
}  // namespace annotated_tag_test
