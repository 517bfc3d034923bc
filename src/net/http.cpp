#include "net/http.hpp"

#include "support/text.hpp"

namespace acr::net {
namespace {

CodeWith<ExitStatus::unreachable> code_of(Failure failure) {
  switch (failure) {
    case Failure::tls:
      return "tls-failed";
    case Failure::certificate:
      return "bad-certificate";
    case Failure::too_large:
      return "response-too-large";
    case Failure::bad_framing:
      return "bad-response";
    case Failure::redirect_refused:
      return "redirect-refused";
    case Failure::address_refused:
      return "address-refused";
    case Failure::rate_limited:
      return "rate-limited";
    case Failure::resolve:
    case Failure::connect:
    case Failure::proxy:
    case Failure::timeout:
    case Failure::closed_early:
    case Failure::truncated:
    case Failure::server_error:
      break;
  }
  return "unreachable";
}

}  // namespace

std::string const* Headers::find(std::string_view name) const {
  for (auto const& [field, value] : fields_) {
    if (equal_ignoring_ascii_case(field, name)) return &value;
  }
  return nullptr;
}

std::string Headers::joined(std::string_view name) const {
  std::string all;
  for (auto const& [field, value] : fields_) {
    if (!equal_ignoring_ascii_case(field, name)) continue;
    if (!all.empty()) all += ", ";
    all += value;
  }
  return all;
}

NetworkError::NetworkError(Failure failure, std::string host, std::string const& reason, int http_status)
    : Unreachable(code_of(failure), host + ": " + reason),
      failure_(failure),
      host_(std::move(host)),
      reason_(reason),
      http_status_(http_status) {}

}  // namespace acr::net
