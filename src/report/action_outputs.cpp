#include "report/action_outputs.hpp"

#include <algorithm>
#include <stdexcept>

#include "report/command_file.hpp"
#include "report/json_text.hpp"
#include "report/limits.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {

namespace json = boost::json;

bool is_output_name(std::string_view name) {
  auto const word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && word(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return word(c) || c == '.' || c == '-'; });
}

std::string package_path(ChartRecord const& chart, std::string_view packages_dir) {
  return chart.package.empty() ? std::string() : std::string(packages_dir) + "/" + chart.package;
}

json::object chart_object(ChartRecord const& chart, std::string_view packages_dir) {
  auto const verified = std::ranges::count(chart.entries, EntryStatus::verified, &LineageEntry::status);
  return {
      {"name", json_text(chart.name)},
      {"version", json_text(chart.version)},
      {"path", json_text(chart.path)},
      {"tag", json_text(chart.tag)},
      {"commit", json_text(chart.commit)},
      {"package", json_text(package_path(chart, packages_dir))},
      {"digest", json_text(chart.digest)},
      {"size", chart.size},
      {"verified", static_cast<std::int64_t>(verified)},
      // Section 12 knows two words; the report tells a chart that was held back from a refused one.
      {"status", chart.status == ChartStatus::packaged ? "packaged" : "refused"},
      {"source-digest", json_text(chart.source_digest)},
  };
}

}  // namespace

void Outputs::set(std::string name, std::string value) {
  if (!is_output_name(name)) throw std::logic_error("an output cannot be named '" + printable(name) + "'");
  if (value.size() > max_output_bytes || value.find('\0') != std::string::npos || !is_utf8(value)) {
    omitted_.push_back(std::move(name));
    return;
  }
  auto const same =
      std::ranges::find_if(values_, [&](auto const& each) { return equal_ignoring_ascii_case(each.first, name); });
  if (same != values_.end()) {
    *same = {std::move(name), std::move(value)};
  } else {
    values_.emplace_back(std::move(name), std::move(value));
  }
}

std::string const* Outputs::find(std::string_view name) const {
  auto const found =
      std::ranges::find_if(values_, [&](auto const& each) { return equal_ignoring_ascii_case(each.first, name); });
  return found == values_.end() ? nullptr : &found->second;
}

std::string Outputs::command_file_text() const {
  std::string text;
  for (auto const& [name, value] : values_) {
    std::string delimiter;
    do {
      delimiter = "ghadelimiter_" + random_hex(16);
    } while (name.find(delimiter) != std::string::npos || value.find(delimiter) != std::string::npos);
    text += name + "<<" + delimiter + "\n" + value + "\n" + delimiter + "\n";
  }
  return text;
}

void append_outputs(std::filesystem::path const& command_file, Outputs const& outputs) {
  append_to_command_file(command_file, outputs.command_file_text());
}

std::string charts_json(ReleaseRecord const& record, std::string_view packages_dir) {
  json::array charts;
  for (auto const& chart : record.charts) {
    auto object = chart_object(chart, packages_dir);
    if (chart.oci) object["oci"] = oci_json(*chart.oci);
    charts.push_back(std::move(object));
  }
  return to_ascii_json(charts);
}

std::string matrix_json(ReleaseRecord const& record, std::string_view packages_dir) {
  json::array include;
  for (auto const& chart : record.charts) {
    if (chart.status != ChartStatus::packaged) continue;
    auto object = chart_object(chart, packages_dir);
    object["file"] = json_text(chart.package);
    if (chart.oci) {
      object["oci-name"] = json_text(chart.oci->subject_name());
      object["oci-digest"] = json_text(chart.oci->digest);
    }
    include.push_back(std::move(object));
  }
  json::object matrix;
  matrix["include"] = std::move(include);
  return to_ascii_json(matrix);
}

Outputs run_outputs(ReleaseRecord const& record, ReleasePlaces const& files, std::uint64_t retention_days) {
  Outputs outputs;
  outputs.set("result", to_text(record.result));
  outputs.set("reason", record.reason);
  outputs.set("chart-count", std::uint64_t{record.packaged_count()});
  outputs.set("charts", charts_json(record, files.packages_dir));
  outputs.set("matrix", matrix_json(record, files.packages_dir));
  auto const set_file = [&](char const* name, std::string const& value) {
    if (!value.empty()) outputs.set(name, value);
  };
  set_file("packages-dir", files.packages_dir);
  set_file("checksums-path", files.checksums_path);
  set_file("oci-repository", record.oci_repository);
  set_file("oci-subjects-path", files.oci_subjects_path);
  set_file("verification-path", files.verification_path);
  set_file("verification-digest", files.verification_digest);
  set_file("vsa-path", files.vsa_path);
  set_file("manifest-path", files.manifest_path);
  set_file("manifest-digest", files.manifest_digest);
  outputs.set("verified-count", std::uint64_t{record.entry_count(EntryStatus::verified)});
  outputs.set("failed-count", std::uint64_t{record.entry_count(EntryStatus::failed)});
  // An id that nothing was found for, even when another attestation of the same subject holds.
  outputs.set("unresolved-count",
              std::uint64_t{record.entry_count(EntryStatus::unresolved) + record.entry_count(EntryStatus::verified_other_id)});
  if (record.pr_number != 0) outputs.set("pr-number", record.pr_number);
  set_file("head-sha", record.head);
  set_file("base-sha", record.base);
  set_file("merge-sha", record.merge);
  outputs.set("retention-days", retention_days);

  for (auto const& chart : record.charts) {
    if (chart.status != ChartStatus::packaged) continue;
    auto const package = package_path(chart, files.packages_dir);
    outputs.set(chart.name + "_digest", chart.digest);
    outputs.set(chart.name + "_version", chart.version);
    outputs.set(chart.name + "_package", package);
    outputs.set(chart.name + "_tag", chart.tag);
    bool const alone = record.packaged_count() == 1;
    if (chart.oci) {
      outputs.set(chart.name + "_oci-digest", chart.oci->digest);
      outputs.set(chart.name + "_oci-ref", chart.oci->ref);
      if (alone) outputs.set("oci-digest", chart.oci->digest), outputs.set("oci-ref", chart.oci->ref);
    }
    if (alone) {
      outputs.set("chart", chart.name);
      outputs.set("version", chart.version);
      outputs.set("tag", chart.tag);
      outputs.set("package", package);
      outputs.set("digest", chart.digest);
    }
  }
  return outputs;
}

}  // namespace acr::report
