#pragma once

// Checks requests and answers against GitHub's published description: tests/loopback/openapi.hpp
// Reads tests/data/github/openapi-subset.json (OpenAPI 3.0.3) with the subset of JSON Schema that it uses,
// and applies what an API version takes away (`x-github-breaking-changes`, merge patches). The bulk listing,
// which the description lacks, is checked against G-12b of github-api.md.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace acr::loopback {

class OpenApi {
 public:
  explicit OpenApi(std::filesystem::path const& document);
  ~OpenApi();
  OpenApi(OpenApi const&) = delete;
  OpenApi& operator=(OpenApi const&) = delete;

  /// What is wrong with a request: unknown operation, undeclared or malformed query parameter, body of
  /// another shape. `target`: path and query, percent-encoded, without the base path of an Enterprise Server.
  /// Empty: nothing wrong.
  [[nodiscard]] std::vector<std::string> request_problems(std::string_view method, std::string_view target,
                                                          std::string_view body, std::string_view api_version) const;

  /// What is wrong with an answer: undeclared status, body that the declared schema refuses. 304, 401, 403,
  /// 404, 422 and 429 are GitHub's everywhere; their bodies are checked as errors.
  [[nodiscard]] std::vector<std::string> answer_problems(std::string_view method, std::string_view target, int status,
                                                         std::string_view content_type, std::string_view body,
                                                         std::string_view api_version) const;

  /// The named example of the description, as JSON text: the material of which the stand-in makes its
  /// answers.
  [[nodiscard]] std::string example(std::string_view name) const;

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

/// One per process and file: reading the description takes a while.
std::shared_ptr<OpenApi const> shared_description(std::filesystem::path const& document);

/// "%2B" → "+"; other characters stay.
std::string percent_decoded(std::string_view text);

}  // namespace acr::loopback
