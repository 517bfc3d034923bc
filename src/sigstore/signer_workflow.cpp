// See signer_workflow.hpp.
#include "sigstore/signer_workflow.hpp"

#include <algorithm>
#include <array>

#include "support/encoding.hpp"
#include "support/ref_name.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view https_scheme = "https://";
constexpr std::string_view workflows = ".github/workflows/";
constexpr std::array<std::string_view, 3> ref_beginnings = {"refs/heads/", "refs/tags/", "refs/pull/"};
constexpr std::string_view expected_form = "owner/repo/.github/workflows/file.yml@refs/heads/main, with * in the ref only";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_commit(std::string_view ref) { return is_lower_hex(ref, 40) || is_lower_hex(ref, 64); }

bool is_hex_text(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

Rejection mistake(std::string why, std::string_view found) {
  return reject("bad-input", "", std::move(why)).rule("B-10").expected(std::string(expected_form)).found(std::string(found));
}

Verdict<void> check_file(std::string_view path, std::string_view line) {
  if (!path.starts_with(workflows)) return mistake("the file is not in .github/workflows", line);
  auto const name = path.substr(workflows.size());
  if (name.find('/') != std::string_view::npos)
    return mistake("workflows are not read from directories below .github/workflows", line);
  bool const yaml = (name.ends_with(".yml") && name.size() > 4) || (name.ends_with(".yaml") && name.size() > 5);
  if (!yaml) return mistake("the workflow's file name does not end in .yml or .yaml", line);
  return {};
}

// What a name without its beginning may stand for.
Rejection short_ref(std::string_view ref, std::string_view line) {
  if (is_hex_text(ref) && ref.size() >= 7 && ref.size() <= 64)
    return mistake(ref.size() == 40 || ref.size() == 64 ? "commit ids are written in lower case"
                                                        : "the commit id is shortened; only a whole one names one commit",
                   line)
        .fix("give all digits of the commit id, in lower case");
  if (ref.find('*') != std::string_view::npos)
    return mistake("`*` stands behind refs/heads/, refs/tags/ or refs/pull/ only", line);
  if (ref.starts_with("refs/")) return mistake("the ref is neither a branch, nor a tag, nor a pull request's", line);
  std::string const name(ref);
  return mistake("the ref is not a full one", line).fix("did you mean @refs/tags/" + name + " or @refs/heads/" + name + "?");
}

Verdict<void> check_ref(std::string_view ref, std::string_view line) {
  if (is_commit(ref)) return {};
  auto const beginning =
      std::ranges::find_if(ref_beginnings, [&](auto each) { return ref.starts_with(each) && ref.size() > each.size(); });
  if (beginning == ref_beginnings.end()) return short_ref(ref, line);
  std::string sample(ref);
  std::ranges::replace(sample, '*', 'x');
  if (!is_ref_name(sample)) return mistake("git accepts no ref of this name", line);
  return {};
}

// `*` stands for any characters but `/`, as in GitHub's branch protection rules. Only the last star is ever moved.
bool ref_matches(std::string_view pattern, std::string_view ref) {
  std::size_t p = 0, r = 0, star = std::string_view::npos, mark = 0;
  while (r < ref.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = r;
    } else if (p < pattern.size() && pattern[p] == ref[r]) {
      ++p;
      ++r;
    } else if (star != std::string_view::npos && ref[mark] != '/') {
      p = star + 1;
      r = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool is_plain_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; });
}

// The file of a workflow cannot contain a slash, so the path ends at the first "@refs/", else at the last `@`.
std::optional<WorkflowPlace> workflow_place(std::string_view text) {
  auto const owner_end = text.find('/');
  if (owner_end == std::string_view::npos) return std::nullopt;
  auto const repository_end = text.find('/', owner_end + 1);
  if (repository_end == std::string_view::npos) return std::nullopt;
  WorkflowPlace place;
  place.repository = text.substr(0, repository_end);
  if (!is_plain_name(text.substr(0, owner_end)) || !is_plain_name(text.substr(owner_end + 1, repository_end - owner_end - 1)))
    return std::nullopt;
  std::string_view const rest = text.substr(repository_end + 1);
  auto at = rest.find("@refs/");
  if (at == std::string_view::npos) at = rest.rfind('@');
  place.path = rest.substr(0, at);
  if (at != std::string_view::npos) place.ref = rest.substr(at + 1);
  if (place.path.empty()) return std::nullopt;
  return place;
}

std::optional<WorkflowPlace> workflow_place_of_uri(std::string_view uri) {
  if (!uri.starts_with(https_scheme)) return std::nullopt;
  uri.remove_prefix(https_scheme.size());
  auto const host_end = uri.find('/');
  if (host_end == std::string_view::npos) return std::nullopt;
  auto place = workflow_place(uri.substr(host_end + 1));
  if (place) place->host = uri.substr(0, host_end);
  return place;
}

bool is_ref_or_commit(std::string_view ref) {
  return ref.starts_with("refs/") || ((ref.size() == 40 || ref.size() == 64) && is_hex_text(ref));
}

Verdict<SignerWorkflow> SignerWorkflow::parse(std::string_view line, std::string_view server) {
  while (server.ends_with('/')) server.remove_suffix(1);
  std::string_view text = line;
  if (!server.empty() && text.starts_with(server) && text.substr(server.size()).starts_with('/'))
    text.remove_prefix(server.size() + 1);
  if (text.find("://") != std::string_view::npos)
    return mistake("the workflow is on another server than this run", line)
        .fix("leave the server out; only " + std::string(server) + " counts");
  if (std::ranges::any_of(text, is_control)) return mistake("the line has a control character", line);
  if (text.find(',') != std::string_view::npos)
    return mistake("a comma does not separate workflows", line).fix("write one workflow per line");
  if (text.substr(0, text.find('@')).find('*') != std::string_view::npos)
    return mistake("`*` is allowed in the ref only", line);
  auto const place = workflow_place(text);
  if (!place) return mistake("the line does not begin with owner/repo/", line);
  if (place->ref.empty())
    return mistake("the workflow has no @ref", line).fix("append the ref that it is called at, for example @refs/heads/main");
  if (auto const file = check_file(place->path, line); !file) return file.error();
  if (auto const ref = check_ref(place->ref, line); !ref) return ref.error();
  SignerWorkflow signer;
  signer.text_ = std::string(text);
  return signer;
}

bool SignerWorkflow::matches(WorkflowPlace const& actual, std::string_view host) const {
  auto const allowed = place();
  return actual.host == host && equal_ignoring_ascii_case(allowed.repository, actual.repository) &&
         allowed.path == actual.path && is_ref_or_commit(actual.ref) && ref_matches(allowed.ref, actual.ref);
}

Verdict<std::string> parse_predicate_type(std::string_view line) {
  auto const wrong = [&](std::string why) {
    return reject("bad-input", "", std::move(why))
        .rule("B-10")
        .expected("a URI with its scheme, for example https://slsa.dev/provenance/v1")
        .found(std::string(line));
  };
  if (line.find(',') != std::string_view::npos)
    return wrong("a comma does not separate predicate types").fix("write one predicate type per line");
  if (!std::ranges::all_of(line, [](char c) { return c > 0x20 && c < 0x7f; }))
    return wrong("white space and characters outside ASCII are not part of a URI");
  auto const colon = line.find(':');
  auto const name = line.substr(0, colon);
  bool const has_scheme =
      colon != std::string_view::npos && !name.empty() && is_letter(name.front()) &&
      std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  if (!has_scheme || colon + 1 == line.size())
    return wrong("the predicate type has no scheme").fix("did you mean https://" + std::string(line) + "?");
  return std::string(line);
}

}  // namespace acr::sigstore
