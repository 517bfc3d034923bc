#pragma once

// checksums.txt, as `actions/attest` reads it through `subject-checksums`: src/report/checksums.hpp

#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

struct Checksum {
  std::string name;  ///< file name, no path
  std::string hex;   ///< SHA-256, 64 lower-case hex digits, no prefix

  friend bool operator==(Checksum const&, Checksum const&) = default;
};

/// "<64 hex>  <name>\n" for each, sorted by name in byte order. Refused (code "checksums"): over 1,024 lines or 524,288
/// bytes, a name that is empty, has a path separator, a control character or white space at either end, starts with
/// `*`, two lines of one name, a digest of another form.
Verdict<std::string> checksums_text(std::vector<Checksum> checksums);

/// oci-subjects.txt: the same form, but the names are those of subjects, "ghcr.io/acme/charts/web" (O-16). Refused (code
/// "checksums") as above; slashes within a name are none of it.
Verdict<std::string> oci_subjects_text(std::vector<Checksum> subjects);

/// Reads what checksums_text() writes and nothing else: `clean` and `finalize` act only on our own file.
Verdict<std::vector<Checksum>> parse_checksums(std::string_view text);

}  // namespace acr::report
