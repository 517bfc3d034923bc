#pragma once

// The bytes of git objects: src/git/object_format.hpp (gitformat-tree, git-hash-object; G-18)
// Ids are computed and objects are taken apart here, from bytes alone, so that no source has to be believed.

#include <string>
#include <string_view>

#include "git/objects.hpp"
#include "support/digest.hpp"
#include "support/verdict.hpp"

namespace acr::git {

/// True for 40 or 64 lower-case hex digits.
bool is_object_id(std::string_view text);

/// The hash that made this id: SHA-1 for 40 digits, SHA-256 for 64. std::logic_error for another length.
HashAlgorithm algorithm_of(std::string_view id);

/// "commit", "tree", "blob", "tag".
std::string_view to_text(ObjectType type);
std::optional<ObjectType> object_type(std::string_view text);

/// "100644", "100755", "120000", "40000", "160000": as a tree object spells it.
std::string_view to_text(EntryMode mode);
/// Also takes "040000", as the API spells directories, and "100664", which old versions of git wrote.
std::optional<EntryMode> entry_mode(std::string_view octal);

/// The id of an object of these raw bytes (without git's own header).
ObjectId object_id(ObjectType type, std::string_view bytes, HashAlgorithm algorithm = HashAlgorithm::sha1);

/// Adds one entry to the bytes of a tree object. `octal_mode` is written as it is, without leading zeros: a tree that
/// holds "100664" keeps its id. `id`: 40 or 64 hex digits, else std::logic_error.
void append_tree_entry(std::string& bytes, std::string_view octal_mode, std::string_view name, std::string_view id);

/// The bytes of a tree object, entries in the order given.
std::string serialize_tree(Tree const& tree);

/// Entries in git's order: before sorting names, a directory's gets a "/" at its end.
void sort_entries(Tree& tree);

// All readers take the raw bytes of an object and refuse (code "object-malformed", `where` = `what`) everything that
// git itself would not have written: the ids inside must be as long as `algorithm` makes them, headers in order,
// entries sorted and without a second of the same name.

/// Names: not empty, no "/", not "." or ".."; no NUL by nature of the format. Any other byte.
Verdict<Tree> parse_tree_object(std::string_view bytes, std::string_view what, HashAlgorithm algorithm = HashAlgorithm::sha1);

/// `id` is copied into the result, its length decides the algorithm.
Verdict<Commit> parse_commit_object(std::string_view bytes, ObjectId const& id);
Verdict<Tag> parse_tag_object(std::string_view bytes, ObjectId const& id);

}  // namespace acr::git
