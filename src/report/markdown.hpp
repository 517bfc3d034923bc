#pragma once

// Foreign text inside Markdown and Mermaid: src/report/markdown.hpp

#include <string>
#include <string_view>

namespace acr::report {

/// A code span that fits a table cell. `|`, backtick, `<`, `>`, control and bidi characters and line breaks become
/// `\u{…}`; cut at `limit` characters. An empty text gives "–".
std::string code_span(std::string_view foreign, std::size_t limit = 300);

/// A name within a sentence: as it is when GitHub can make nothing of it but text (letters, digits and `.+-`, not what
/// looks like a web address, a commit or an issue), else as a code span.
std::string plain_word(std::string_view foreign);

/// The algorithm and the first twelve digits of "sha256:<hex>", or of a commit's id, as a code span: enough to recognize it.
/// The records have the whole.
std::string short_digest(std::string_view digest);

/// "[text](url)"; `text` becomes a code span unless it is decimal. In `url` everything but URL characters is
/// percent-encoded; a URL that does not start with "https://" or "http://" gives the text alone.
std::string link(std::string_view text, std::string_view url);

/// "<server>/<repository>/attestations/<id>" as a link; "–" for an empty id.
std::string attestation_link(std::string_view server_url, std::string_view repository, std::string_view id);

/// short_digest() as a link to the attestation with this id; without an id the digest alone.
std::string attested_digest(std::string_view server_url, std::string_view repository, std::string_view digest,
                            std::string_view id);

/// A quoted Mermaid label: everything but letters, digits, space and `._:/+-` becomes `#<code point>;`.
std::string mermaid_label(std::string_view foreign, std::size_t limit = 80);

}  // namespace acr::report
