// Drives the grammar over a file: one declaration at a time, each into nodes and those into the tree; after an error on
// at the next declaration. The only file that includes PEGTL. Exceptions end here.
#include "dsl/parser.hpp"

#include "dsl/grammar.hpp"
#include "dsl/parser_messages.hpp"
#include "dsl/syntax_report.hpp"
#include "dsl/syntax_scan.hpp"
#include "dsl/tree_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace watchword::dsl {

namespace {

// --- which rules are nodes, which nest
// ----------------------------------------------------------------------------------

template <class Rule>
inline constexpr NodeKind kind_of = NodeKind::none;
#define NODE(rule)                                                                                                     \
    template <>                                                                                                        \
    inline constexpr NodeKind kind_of<grammar::rule> = NodeKind::rule;
#include "dsl/syntax_nodes.def"
#undef NODE
template <>
inline constexpr NodeKind kind_of<grammar::condition> = NodeKind::expression;
template <>
inline constexpr NodeKind kind_of<grammar::term_condition> = NodeKind::expression;
template <>
inline constexpr NodeKind kind_of<grammar::points> = NodeKind::expression;
template <class Operand>
inline constexpr NodeKind kind_of<grammar::conjunction<Operand>> = NodeKind::conjunction;
template <class Operand>
inline constexpr NodeKind kind_of<grammar::logical_not<Operand>> = NodeKind::logical_not;
template <class Operand>
inline constexpr NodeKind kind_of<grammar::comparison<Operand>> = NodeKind::comparison;
template <class Operand>
inline constexpr NodeKind kind_of<grammar::coalescence<Operand>> = NodeKind::coalescence;
template <class Operand>
inline constexpr NodeKind kind_of<grammar::range_end<Operand>> = NodeKind::range_end;

constexpr bool nests(NodeKind kind) {
    switch (kind) {
    case NodeKind::parenthesised:
    case NodeKind::list_literal:
    case NodeKind::conditional:
    case NodeKind::quantifier:
    case NodeKind::call:
    case NodeKind::aggregate:
    case NodeKind::novelty:
    case NodeKind::baseline_call:
    case NodeKind::logical_not:
    case NodeKind::negative:
    case NodeKind::refused_block:
        return true;
    default:
        return false;
    }
}

/// Rules that cannot fail need no row in the table of messages.
template <class Rule>
inline constexpr bool always_matches = false;
template <class... Rules>
inline constexpr bool always_matches<grammar::opt<Rules...>> = true;
template <class... Rules>
inline constexpr bool always_matches<grammar::star<Rules...>> = true;
template <>
inline constexpr bool always_matches<grammar::gap> = true;

// --- reading one declaration
// ----------------------------------------------------------------------------------------------

/// What the control keeps while the grammar runs. Nodes of alternatives that failed are taken back.
struct Reading {
    const char* text = nullptr;
    std::vector<Node> nodes;
    std::vector<NodeId> open;
    std::vector<std::uint32_t> starts; ///< of the rules with a message that are being tried
    std::uint32_t failed_at = 0;       ///< start of the last of them that failed
    std::uint32_t depth = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> gaps; ///< [begin, end), rising

    template <class Input>
    std::uint32_t offset(const Input& in) const {
        return static_cast<std::uint32_t>(in.current() - text);
    }
    /// `offset` without the gap in front of it.
    std::uint32_t trimmed(std::uint32_t offset) {
        while (!gaps.empty() && gaps.back().second > offset) gaps.pop_back();
        return !gaps.empty() && gaps.back().second == offset ? gaps.back().first : offset;
    }
    void gap(std::uint32_t begin, std::uint32_t end) {
        while (!gaps.empty() && gaps.back().second > begin) gaps.pop_back();
        if (!gaps.empty() && gaps.back().second == begin) {
            gaps.back().second = end;
        } else if (begin != end) {
            gaps.emplace_back(begin, end);
        }
    }
    [[noreturn]] void fail(std::uint32_t offset, const Awaited& expected) const {
        SyntaxFailure failure{offset, expected, {}};
        for (const NodeId id : open) failure.open.push_back(nodes[id]);
        throw failure;
    }
};

template <class Rule>
struct Control : tao::pegtl::normal<Rule> {
    static constexpr NodeKind kind = kind_of<Rule>;
    static constexpr bool has_message = !awaited<Rule>.what.empty();
    static constexpr bool is_gap = std::is_same_v<Rule, grammar::gap>;
    static constexpr bool enable = tao::pegtl::normal<Rule>::enable;

    template <class Input>
    static void start(const Input& in, Reading& reading) {
        if constexpr (has_message || is_gap) reading.starts.push_back(reading.offset(in));
        if constexpr (nests(kind)) {
            if (++reading.depth > max_nesting)
                reading.fail(reading.offset(in), {"less nesting", false, Code::nested_too_deep});
        }
        if constexpr (kind != NodeKind::none) {
            reading.open.push_back(static_cast<NodeId>(reading.nodes.size()));
            reading.nodes.push_back({kind, reading.offset(in), 0, 0});
        }
    }
    template <class Input>
    static void success(const Input& in, Reading& reading) {
        if constexpr (is_gap) reading.gap(reading.starts.back(), reading.offset(in));
        if constexpr (has_message || is_gap) reading.starts.pop_back();
        if constexpr (nests(kind)) --reading.depth;
        if constexpr (kind != NodeKind::none) {
            Node& node = reading.nodes[reading.open.back()];
            node.end = std::max(node.begin, reading.trimmed(reading.offset(in)));
            node.next = static_cast<std::uint32_t>(reading.nodes.size());
            reading.open.pop_back();
        }
    }
    template <class Input>
    static void failure(const Input&, Reading& reading) {
        if constexpr (has_message || is_gap) {
            reading.failed_at = reading.starts.back();
            reading.starts.pop_back();
        }
        if constexpr (nests(kind)) --reading.depth;
        if constexpr (kind != NodeKind::none) {
            reading.nodes.resize(reading.open.back());
            reading.open.pop_back();
        }
    }
    template <class Input>
    [[noreturn]] static void raise(const Input&, Reading& reading) {
        static_assert(has_message || always_matches<Rule>, "a rule under `must` without a row in parser_messages.hpp");
        reading.fail(reading.failed_at, awaited<Rule>);
    }
};

struct Outcome {
    bool matched = false;
    std::uint32_t end = 0; ///< behind the gap that follows
    std::optional<SyntaxFailure> failure;
};

/// Runs one rule over text[begin, end).
template <class Rule>
Outcome read(std::string_view text, std::uint32_t begin, std::uint32_t end, std::vector<Node>& nodes) {
    tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy> in(text.data() + begin, text.data() + end, "");
    Reading reading;
    reading.text = text.data();
    Outcome outcome;
    try {
        outcome.matched = tao::pegtl::parse<Rule, tao::pegtl::nothing, Control>(in, reading);
        outcome.end = reading.offset(in);
        nodes = std::move(reading.nodes);
    } catch (SyntaxFailure& failure) {
        outcome.failure = std::move(failure);
    }
    return outcome;
}

// --- a file
// -----------------------------------------------------------------------------------------------------------------

/// Errors of one file that are shown; the others are counted, up to where reading on is of no use to anybody.
constexpr std::size_t most_shown = 200;
constexpr std::size_t most_counted = 10'000;

class FileParser {
public:
    FileParser(const Sources& sources, std::uint32_t file, Tree& tree, Diagnostics& diagnostics)
        : text_(sources.file(file).text), scan_(scan(file, text_)), report_(sources, file, scan_, diagnostics),
          builder_(sources, file, tree, diagnostics), found_(diagnostics), tree_(tree), file_(file) {}

    void run() {
        tree_.file = file_;
        if (report_.utf16()) return;
        tree_.comments = scan_.comments;
        report_.wrong_bytes();
        std::uint32_t at = skip_gap(text_.starts_with("\xEF\xBB\xBF") ? 3 : 0);
        while (at < text_.size() && found_.errors() < most_counted) at = declaration(at);
    }

    ExprId expression() {
        report_.wrong_bytes();
        std::vector<Node> nodes;
        const Outcome outcome =
            read<grammar::lone_expression>(text_, 0, static_cast<std::uint32_t>(text_.size()), nodes);
        if (!outcome.failure) return builder_.lone_expression(nodes);
        report_.failure(*outcome.failure, 0);
        return no_expr;
    }

private:
    /// Reads what begins at `at`, which is no gap, and returns where to go on.
    std::uint32_t declaration(std::uint32_t at) {
        const auto size = static_cast<std::uint32_t>(text_.size());
        const auto [restart, next] = following(at);
        std::vector<Node> nodes;
        Outcome outcome = read<grammar::declaration>(text_, at, size, nodes);
        // What went wrong behind the next declaration's keyword went wrong before it.
        if (next < size && stopped(outcome) > next) outcome = read<grammar::declaration>(text_, at, next, nodes);
        if (outcome.failure) {
            report_.failure(*outcome.failure, at);
            tree_.unread.push_back(declared_name(at));
            return resume(restart, next, at, outcome.failure->offset);
        }
        if (!outcome.matched) {
            report_.no_declaration(at);
            return resume(restart, next, at, at);
        }
        const NodeKind kind = nodes[0].kind;
        builder_.declaration(nodes);
        if (outcome.end >= size || outcome.end == next || begins_declaration(outcome.end)) return outcome.end;
        report_.unexpected(outcome.end, kind, at);
        return resume(restart, next, at, outcome.end);
    }

    /// Where reading came to an end that is not the end of a declaration; 0: nowhere.
    std::uint32_t stopped(const Outcome& outcome) const {
        if (outcome.failure) return outcome.failure->offset;
        if (!outcome.matched || outcome.end >= text_.size() || begins_declaration(outcome.end)) return 0;
        return outcome.end;
    }

    /// The restart that `at` is, or the first behind it, and where the next declaration with no more brackets open is.
    std::pair<std::size_t, std::uint32_t> following(std::uint32_t at) const {
        const auto size = static_cast<std::uint32_t>(text_.size());
        const std::size_t index = first_restart(at);
        const std::vector<Restart>& restarts = scan_.restarts;
        if (index >= restarts.size()) return {index, size};
        if (restarts[index].offset != at) return {index, restarts[index].offset};
        const std::uint32_t balanced = restarts[index].balanced;
        return {index, balanced < restarts.size() ? restarts[balanced].offset : size};
    }

    /// The word behind the keyword at `at`, dotted or not.
    std::string declared_name(std::uint32_t at) const {
        const std::uint32_t begin = skip_gap(word_end(text_, at));
        std::uint32_t end = word_end(text_, begin);
        while (end + 1 < text_.size() && text_[end] == '.' && word_end(text_, end + 1) > end + 1)
            end = word_end(text_, end + 1);
        return std::string(text_.substr(begin, end - begin));
    }

    std::uint32_t resume(std::size_t restart, std::uint32_t next, std::uint32_t at, std::uint32_t failed) const {
        const auto size = static_cast<std::uint32_t>(text_.size());
        if (next < size) return next;
        for (std::size_t index = std::max(restart, first_restart(failed)); index < scan_.restarts.size(); ++index)
            if (scan_.restarts[index].offset > at) return scan_.restarts[index].offset;
        return size;
    }

    std::size_t first_restart(std::uint32_t offset) const {
        const auto found = std::lower_bound(scan_.restarts.begin(), scan_.restarts.end(), offset,
                                            [](const Restart& one, std::uint32_t at) { return one.offset < at; });
        return static_cast<std::size_t>(found - scan_.restarts.begin());
    }

    bool begins_declaration(std::uint32_t at) const {
        return is_declaration_word(text_.substr(at, word_end(text_, at) - at));
    }

    std::uint32_t skip_gap(std::uint32_t at) const {
        std::vector<Node> nodes;
        return read<grammar::gap>(text_, at, static_cast<std::uint32_t>(text_.size()), nodes).end;
    }

    std::string_view text_;
    Scan scan_;
    SyntaxReport report_;
    TreeBuilder builder_;
    const Diagnostics& found_;
    Tree& tree_;
    std::uint32_t file_;
};

void hand_over(const Diagnostics& found, std::uint32_t file, Diagnostics& into) {
    const std::vector<Diagnostic>& all = found.all();
    for (std::size_t index = 0; index < all.size() && index < most_shown; ++index) {
        Diagnostic& copy = into.add(all[index].code, all[index].span, all[index].message);
        copy = all[index];
    }
    if (all.size() <= most_shown) return;
    Span last = all[most_shown].span;
    last.file = file;
    into.add(Code::too_many_errors, last,
             fmt::format("and {}{} more errors in this file", all.size() >= most_counted ? "at least " : "",
                         all.size() - most_shown))
        .help = "mend the first ones and check again";
}

} // namespace

Tree parse(const Sources& sources, std::uint32_t file, Diagnostics& diagnostics) {
    Tree tree;
    Diagnostics found;
    FileParser{sources, file, tree, found}.run();
    found.sort();
    hand_over(found, file, diagnostics);
    return tree;
}

ExprId parse_expression(const Sources& sources, std::uint32_t file, Tree& into, Diagnostics& diagnostics) {
    return FileParser{sources, file, into, diagnostics}.expression();
}

} // namespace watchword::dsl
