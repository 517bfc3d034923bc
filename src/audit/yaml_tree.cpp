#include "audit/yaml_tree.hpp"

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "audit/limits.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"
#include "yaml/events.hpp"

namespace acr::audit {
namespace {

constexpr std::size_t units_of_an_event = 500;  // B-25
constexpr std::string_view string_tag = "tag:yaml.org,2002:str";

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : events_(bytes), name_(name) {}

  Verdict<YamlTree> read() {
    while (!ended_) {
      charge_work(units_of_an_event);
      if (!events_.next()) {
        auto const problem = events_.problem();
        line_ = static_cast<std::uint32_t>(problem.shown_line()) + 1;
        refuse("the YAML cannot be read: " + std::string(problem.what.empty() ? "unknown problem" : problem.what));
      } else {
        line_ = static_cast<std::uint32_t>(events_.event().line) + 1;
        take(events_.event());
      }
      if (rejection_) return std::move(*rejection_);
    }
    if (!has_root_) {
      refuse("the file is empty");
      return std::move(*rejection_);
    }
    return std::move(tree_);
  }

 private:
  struct Open {
    std::uint32_t node = 0;
    std::optional<std::string> key{};  ///< of a map: the key whose value comes next
    std::uint32_t key_line = 0;
    std::unordered_set<std::string> keys{};  ///< in small letters
    std::string anchor{};
  };

  void refuse(std::string why) {
    if (!rejection_)
      rejection_ = reject("workflow-unreadable", std::string(name_) + ":" + std::to_string(line_), std::move(why))
                       .rule("U-20")
                       .fix("correct the file as actionlint or GitHub's editor shows it");
  }

  void take(yaml::Event const& event) {
    switch (event.kind) {
      case yaml::Event::Kind::document_start:
        if (has_root_) refuse("a second document follows, which GitHub does not read");
        return;
      case yaml::Event::Kind::scalar:
        return scalar(event);
      case yaml::Event::Kind::alias: {
        auto const found = anchors_.find(std::string(event.anchor.value_or("")));
        if (found == anchors_.end()) return refuse("an alias has no anchor before it");
        return place(found->second);
      }
      case yaml::Event::Kind::list_start:
        return open(YamlNode::Kind::list, event);
      case yaml::Event::Kind::map_start:
        return open(YamlNode::Kind::map, event);
      case yaml::Event::Kind::list_end:
      case yaml::Event::Kind::map_end: {
        // Only now: an alias to what is still open would be below itself.
        auto const& top = open_.back();
        if (!top.anchor.empty()) anchors_[top.anchor] = top.node;
        open_.pop_back();
        return;
      }
      case yaml::Event::Kind::stream_end:
        ended_ = true;
        return;
      default:
        return;
    }
  }

  std::optional<std::uint32_t> add(YamlNode::Kind kind) {
    if (tree_.nodes.size() >= limits::yaml_nodes) {
      refuse("the file holds too many values");
      return std::nullopt;
    }
    auto const index = static_cast<std::uint32_t>(tree_.nodes.size());
    auto& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.line = line_;
    return index;
  }

  void scalar(yaml::Event const& event) {
    std::string text(event.text);
    if (event.tag && event.tag != string_tag) return refuse("a tag that GitHub does not read");
    if (!open_.empty() && tree_.at(open_.back().node).kind == YamlNode::Kind::map && !open_.back().key) {
      if (event.anchor) return refuse("an anchor at a key");
      auto& top = open_.back();
      if (text == "<<") return refuse("a merge key, which GitHub does not read");
      if (!top.keys.insert(to_lower_ascii(text)).second) return refuse("the key " + printable(text, 100) + " occurs twice");
      top.key = std::move(text);
      top.key_line = line_;
      return;
    }
    auto const index = add(YamlNode::Kind::scalar);
    if (!index) return;
    auto& node = tree_.nodes[*index];
    node.plain = event.style == yaml::Event::Style::plain && !event.tag;
    node.text = std::move(text);
    if (event.anchor) anchors_[std::string(*event.anchor)] = *index;
    place(*index);
  }

  void open(YamlNode::Kind kind, yaml::Event const& event) {
    if (event.tag) return refuse("a tag that GitHub does not read");
    if (open_.size() >= limits::yaml_levels) return refuse("the YAML is nested too deeply");
    auto const index = add(kind);
    if (!index) return;
    place(*index);
    if (rejection_) return;
    auto& top = open_.emplace_back();
    top.node = *index;
    top.anchor = event.anchor.value_or("");
    // The name may be taken again; until this one ends it names nothing.
    if (!top.anchor.empty()) anchors_.erase(top.anchor);
  }

  void place(std::uint32_t value) {
    if (open_.empty()) {
      tree_.root = value;
      has_root_ = true;
      return;
    }
    auto& top = open_.back();
    auto& around = tree_.nodes[top.node];
    if (around.kind == YamlNode::Kind::list) {
      if (around.items.size() >= limits::yaml_nodes) return refuse("the file holds too many values");
      around.items.push_back(value);
      return;
    }
    if (!top.key) return refuse("a key that is not a text");
    around.entries.push_back({std::move(*top.key), top.key_line, value});
    top.key.reset();
  }

  yaml::Events events_;
  std::string_view name_;
  YamlTree tree_;
  std::vector<Open> open_;
  std::unordered_map<std::string, std::uint32_t> anchors_;
  std::optional<Rejection> rejection_;
  std::uint32_t line_ = 1;
  bool has_root_ = false, ended_ = false;
};

}  // namespace

bool YamlNode::is_null() const {
  return kind == Kind::scalar && plain && (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

bool YamlNode::is_false() const {
  return kind == Kind::scalar && plain && (text == "false" || text == "False" || text == "FALSE");
}

YamlNode const* YamlTree::find(YamlNode const& map, std::string_view key) const {
  for (auto const& entry : map.entries)
    if (entry.key == key) return &at(entry.value);
  return nullptr;
}

Verdict<YamlTree> read_yaml_tree(std::string_view bytes, std::string_view name) {
  if (bytes.size() > limits::workflow_bytes)
    return reject("workflow-unreadable", std::string(name), "the file is too large")
        .rule("U-20")
        .expected("at most " + std::to_string(limits::workflow_bytes) + " bytes");
  if (!is_utf8(bytes)) return reject("workflow-unreadable", std::string(name), "the file is not UTF-8").rule("U-20");
  return Reader(bytes, name).read();
}

}  // namespace acr::audit
