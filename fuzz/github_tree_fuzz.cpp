// Tree, blob, commit and tag answers (G-17 … G-19): any bytes give a proven object or ApiError, nothing else.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "git/object_format.hpp"
#include "github/git_answers.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::github;
  Answer answer;
  answer.status = 200;
  answer.about = "GET /fuzz";
  answer.content_type = "application/json";
  answer.body.assign(reinterpret_cast<char const*>(data), size);
  std::string const tree = "0976950c1fdbcb52435a433913017bf044b3a58f";  // git mktree: one file "a"
  try {
    auto const read = read_tree_answer(answer, tree);
    for (auto const& [id, proven] : read.trees)
      if (acr::git::object_id(acr::git::ObjectType::tree, acr::git::serialize_tree(proven)) != id) {
        // Trees of old programs may hold 100664, which no TreeEntry keeps.
        if (answer.body.find("100664") == std::string::npos) std::abort();
      }
  } catch (ApiError const&) {
  }
  try {
    auto const blob = read_blob_answer(answer, "ce013625030ba8dba906f756967f9e9ca394464a");
    if (blob != "hello\n") std::abort();
  } catch (ApiError const&) {
  }
  std::string const id(40, 'c');
  try {
    read_commit_answer(answer, id);
  } catch (ApiError const&) {
  }
  try {
    read_tag_answer(answer, id);
  } catch (ApiError const&) {
  }
  return 0;
}
