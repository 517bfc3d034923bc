#include "audit/yaml_tree.hpp"

#include <yaml.h>

#include <new>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "audit/limits.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::audit {
namespace {

constexpr std::size_t units_of_an_event = 500;  // B-25
constexpr std::string_view string_tag = "tag:yaml.org,2002:str";

std::string_view text_of(yaml_char_t const* text) {
  return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<char const*>(text));
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
  }
  Parser(Parser const&) = delete;
  Parser& operator=(Parser const&) = delete;
  ~Parser() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  /// False: the bytes are not YAML, as problem() says.
  bool next() {
    charge_work(units_of_an_event);
    yaml_event_delete(&event_);
    bool const good = yaml_parser_parse(&parser_, &event_) != 0;
    if (!good && parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    return good;
  }
  [[nodiscard]] yaml_event_t const& event() const { return event_; }
  [[nodiscard]] yaml_parser_t const& problem() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name) : parser_(bytes), name_(name) {}

  Verdict<YamlTree> read() {
    while (!ended_) {
      if (!parser_.next()) {
        auto const& problem = parser_.problem();
        line_ =
            static_cast<std::uint32_t>((problem.problem_mark.line != 0 ? problem.problem_mark : problem.context_mark).line) + 1;
        refuse(std::string("the YAML cannot be read: ") + (problem.problem != nullptr ? problem.problem : "unknown problem"));
      } else {
        line_ = static_cast<std::uint32_t>(parser_.event().start_mark.line) + 1;
        take(parser_.event());
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

  void take(yaml_event_t const& event) {
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        if (has_root_) refuse("a second document follows, which GitHub does not read");
        return;
      case YAML_SCALAR_EVENT:
        return scalar(event);
      case YAML_ALIAS_EVENT: {
        auto const found = anchors_.find(std::string(text_of(event.data.alias.anchor)));
        if (found == anchors_.end()) return refuse("an alias has no anchor before it");
        return place(found->second);
      }
      case YAML_SEQUENCE_START_EVENT: {
        auto const& start = event.data.sequence_start;
        return open(YamlNode::Kind::list, start.anchor, start.tag);
      }
      case YAML_MAPPING_START_EVENT: {
        auto const& start = event.data.mapping_start;
        return open(YamlNode::Kind::map, start.anchor, start.tag);
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: {
        // Only now: an alias to what is still open would be below itself.
        auto const& top = open_.back();
        if (!top.anchor.empty()) anchors_[top.anchor] = top.node;
        open_.pop_back();
        return;
      }
      case YAML_STREAM_END_EVENT:
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

  void scalar(yaml_event_t const& event) {
    auto const& scalar = event.data.scalar;
    std::string text(reinterpret_cast<char const*>(scalar.value), scalar.length);
    if (scalar.tag != nullptr && text_of(scalar.tag) != string_tag) return refuse("a tag that GitHub does not read");
    if (!open_.empty() && tree_.at(open_.back().node).kind == YamlNode::Kind::map && !open_.back().key) {
      if (scalar.anchor != nullptr) return refuse("an anchor at a key");
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
    node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nullptr;
    node.text = std::move(text);
    if (scalar.anchor != nullptr) anchors_[std::string(text_of(scalar.anchor))] = *index;
    place(*index);
  }

  void open(YamlNode::Kind kind, yaml_char_t const* anchor, yaml_char_t const* tag) {
    if (tag != nullptr) return refuse("a tag that GitHub does not read");
    if (open_.size() >= limits::yaml_levels) return refuse("the YAML is nested too deeply");
    auto const index = add(kind);
    if (!index) return;
    place(*index);
    if (rejection_) return;
    auto& top = open_.emplace_back();
    top.node = *index;
    top.anchor = std::string(text_of(anchor));
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

  Parser parser_;
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

bool YamlNode::is_true() const { return kind == Kind::scalar && plain && (text == "true" || text == "True" || text == "TRUE"); }

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
