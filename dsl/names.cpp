// Names of declarations: who declares them, who sees them, which one is meant. Knows nothing of expressions.
#include "dsl/checking.hpp"
#include "dsl/foreign_words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

class NameCollector {
public:
    explicit NameCollector(Checking& checking) : checking_(checking), model_(checking.model) {}

    void collect(DeclRef at) {
        const auto& node = checking_.declaration(at).node;
        if (const auto* event = std::get_if<EventDecl>(&node)) add_event(at, *event);
        if (const auto* list = std::get_if<ListDecl>(&node)) add(at, list->name, Sort::list, model_.lists);
        if (const auto* table = std::get_if<TableDecl>(&node)) add(at, table->name, Sort::table, model_.tables);
        if (const auto* let = std::get_if<LetDecl>(&node)) add(at, let->name, Sort::constant, model_.constants);
        if (const auto* define = std::get_if<DefineDecl>(&node)) add(at, define->name, Sort::define, model_.defines);
        if (const auto* calendar = std::get_if<CalendarDecl>(&node))
            add(at, calendar->name, Sort::calendar, model_.calendars);
        if (const auto* baseline = std::get_if<BaselineDecl>(&node))
            add(at, baseline->name, Sort::baseline, model_.baselines);
        if (const auto* action = std::get_if<ActionDecl>(&node)) add(at, action->name, Sort::action, model_.actions);
        if (const auto* signal = std::get_if<SignalDecl>(&node)) {
            add(at, signal->name, Sort::signal, model_.signals);
            model_.signals.back().module = model_.modules[at.tree];
            model_.signals.back().is_across = signal->across.has_value();
        }
        if (const auto* policy = std::get_if<PolicyDecl>(&node)) {
            add(at, policy->name, Sort::policy, model_.policies);
            model_.policies.back().module = model_.modules[at.tree];
            once_in_program(policies_, policy->name, "policy");
        }
        if (const auto* source = std::get_if<SourceDecl>(&node)) {
            add(at, source->name, Sort::source, model_.source_mappings);
            once_in_program(sources_, source->name, "source");
        }
    }

private:
    template <class Info>
    void add(DeclRef at, const Name& name, Sort sort, std::vector<Info>& infos) {
        Info info;
        info.at = at;
        info.name = name.text;
        infos.push_back(std::move(info));
        const Symbol symbol{sort, static_cast<std::uint32_t>(infos.size() - 1), name.span};
        const auto [place, fresh] = checking_.scopes[at.tree].symbols.emplace(name.text, symbol);
        if (!fresh) report_twice(name, place->second.span, sort_name(place->second.sort));
        report_built_in(name, sort);
    }

    void report_twice(const Name& name, Span first, std::string_view sort) {
        Diagnostic& diagnostic = checking_.diagnostics.add(Code::declared_twice, name.span,
                                                           fmt::format("{} is declared twice", quoted(name.text)));
        diagnostic.label = "declared again";
        diagnostic.notes.push_back({first, fmt::format("first declared here, as {}", sort)});
    }

    void report_built_in(const Name& name, Sort sort) {
        const bool is_value = sort == Sort::list || sort == Sort::table || sort == Sort::constant;
        if (is_value && name.text == "employee")
            checking_.diagnostics.add(Code::built_in_name, name.span,
                                      "`employee` is the person in question, and cannot be declared");
        if (sort != Sort::define) return;
        for (const runtime::FunctionRow& row : *checking_.options.functions) {
            if (row.name != name.text) continue;
            checking_.diagnostics
                .add(Code::built_in_name, name.span,
                     fmt::format("{} is a function of the language, and cannot be defined", quoted(name.text)))
                .notes.clear();
            return;
        }
    }

    /// Alerts and inputs name these without their module.
    void once_in_program(std::unordered_map<std::string, Span>& seen, const Name& name, std::string_view sort) {
        const auto [place, fresh] = seen.emplace(name.text, name.span);
        if (fresh || place->second.file == name.span.file) return;
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::declared_twice, name.span,
                                      fmt::format("the {} {} is declared by two modules", sort, quoted(name.text)));
        diagnostic.notes.push_back({place->second, "first declared here"});
        diagnostic.help = "alerts and inputs name it without its module: give one of them another name";
    }

    void add_event(DeclRef at, const EventDecl& event) {
        const std::string name = event.name.text();
        const auto index = static_cast<std::uint32_t>(model_.events.size());
        const auto [place, fresh] = checking_.event_of.emplace(name, index);
        if (!fresh) {
            const DeclRef first = model_.event_at[place->second];
            report_twice({name, event.name.span}, model_.decl<EventDecl>(first).name.span, "an event");
            return;
        }
        runtime::EventSchema schema;
        schema.name = name;
        schema.doc = checking_.declaration(at).doc;
        model_.events.push_back(std::move(schema));
        model_.event_at.push_back(at);
    }

    Checking& checking_;
    Model& model_;
    std::unordered_map<std::string, Span> policies_, sources_;
};

std::string show_place(const Checking& checking, std::uint32_t tree) {
    return fmt::format("module {}", quoted(checking.model.modules[tree]));
}

void report_ambiguous(Checking& checking, const Name& name,
                      const std::vector<std::pair<std::uint32_t, const Symbol*>>& found) {
    Diagnostic& diagnostic = checking.diagnostics.add(Code::ambiguous_name, name.span,
                                                      fmt::format("{} is declared in {} and in {}", quoted(name.text),
                                                                  show_place(checking, found[0].first),
                                                                  show_place(checking, found[1].first)));
    for (const auto& [tree, symbol] : found)
        diagnostic.notes.push_back({symbol->span, fmt::format("declared here, in {}", show_place(checking, tree))});
    diagnostic.help = fmt::format("rename one, or say which is meant, as in `{}.{}`",
                                  checking.model.modules[found[1].first], name.text);
}

/// What stands before the point where it is said which module is meant.
std::string_view qualifier(const Checking& checking, const Import& import) {
    return import.alias.empty() ? checking.model.modules[import.tree] : import.alias;
}

bool sees(const Checking& checking, std::uint32_t tree, std::uint32_t other) {
    if (tree == other) return true;
    const std::vector<Import>& imports = checking.scopes[tree].imports;
    return std::any_of(imports.begin(), imports.end(),
                       [&](const Import& import) { return import.tree == other && import.alias.empty(); });
}

/// A standard module that nobody uses yet and that declares the name; empty: none.
std::string standard_module_with(const Checking& checking, std::string_view keyword, std::string_view name) {
    const std::string opening = fmt::format("\n{} {}", keyword, name);
    for (const StandardModule& module : checking.options.modules) {
        const std::size_t at = module.text.find(opening);
        if (at == std::string_view::npos) continue;
        const std::size_t end = at + opening.size();
        const std::string_view letters = " \n({\t\r";
        if (end == module.text.size() || letters.find(module.text[end]) != std::string_view::npos)
            return std::string(module.name);
    }
    return {};
}

void report_unknown_symbol(Checking& checking, std::uint32_t tree, const Name& name, Sort sort) {
    if (is_unread(checking, name.text)) return;
    const std::string_view article = sort_name(sort);
    const std::string_view noun = article.substr(article.find(' ') + 1);
    const Code code = sort == Sort::signal   ? Code::unknown_signal
                      : sort == Sort::policy ? Code::unknown_policy
                                             : Code::unknown_name;
    Diagnostic& diagnostic =
        checking.diagnostics.add(code, name.span, fmt::format("unknown {} {}", noun, quoted(name.text)));
    diagnostic.label = fmt::format("no such {}", noun);
    suggest(diagnostic, name, visible_names(checking, tree, sort));
    if (!diagnostic.help.empty()) return;
    for (std::uint32_t other = 0; other < checking.scopes.size(); ++other)
        if (checking.scopes[other].symbols.contains(name.text))
            diagnostic.help = fmt::format("it is declared in {}: add `use {}`", show_place(checking, other),
                                          checking.model.modules[other]);
    if (!diagnostic.help.empty()) return;
    const std::string_view keyword = sort == Sort::constant ? "let" : sort == Sort::define ? "define" : noun;
    const std::string module = standard_module_with(checking, keyword, name.text);
    if (!module.empty()) {
        diagnostic.help = fmt::format("it is declared in module {}: add `use {}`", quoted(module), module);
        return;
    }
    const std::vector<std::string_view> known = visible_names(checking, tree, sort);
    constexpr std::size_t most_listed = 6;
    if (known.empty())
        diagnostic.help = fmt::format("no {} is declared here", noun);
    else if (known.size() <= most_listed)
        diagnostic.help = fmt::format("declared here: `{}`", fmt::join(known, "`, `"));
}

} // namespace

std::string_view sort_name(Sort sort) {
    switch (sort) {
    case Sort::list:
        return "a list";
    case Sort::table:
        return "a table";
    case Sort::constant:
        return "a constant";
    case Sort::define:
        return "a definition";
    case Sort::calendar:
        return "a calendar";
    case Sort::baseline:
        return "a baseline";
    case Sort::action:
        return "an action";
    case Sort::signal:
        return "a signal";
    case Sort::policy:
        return "a policy";
    case Sort::source:
        return "a source";
    }
    return "a name";
}

std::string quoted(std::string_view name) {
    constexpr std::size_t longest = 80;
    if (name.size() <= longest) return fmt::format("`{}`", name);
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
    return fmt::format("`{}…`", name.substr(0, end));
}

bool is_unread(const Checking& checking, std::string_view name) {
    return std::any_of(checking.model.trees.begin(), checking.model.trees.end(), [&](const Tree& tree) {
        return std::find(tree.unread.begin(), tree.unread.end(), name) != tree.unread.end();
    });
}

void suggest(Diagnostic& diagnostic, const Name& name, std::span<const std::string_view> candidates) {
    constexpr std::size_t most_helped = 1000; // nobody reads on, and to look through many names takes long
    if (diagnostic.before >= most_helped) return;
    const std::string_view best = nearest(name.text, candidates);
    if (best.empty()) return;
    diagnostic.help = fmt::format("did you mean {}?", quoted(best));
    diagnostic.fix = {{name.span, std::string(best)}};
}

void declare_names(Checking& checking) {
    NameCollector collector(checking);
    Model& model = checking.model;
    for (std::uint32_t tree = 0; tree < model.trees.size(); ++tree)
        for (std::uint32_t index = 0; index < model.trees[tree].declarations.size(); ++index)
            collector.collect({tree, index});
    checking.constants.assign(model.constants.size(), Progress::untouched);
    checking.defines.assign(model.defines.size(), Progress::untouched);
    checking.lists.assign(model.lists.size(), Progress::untouched);
    checking.define_asks.assign(model.defines.size(), {});
    checking.signals.resize(model.signals.size());
}

std::vector<std::pair<std::uint32_t, const Symbol*>> visible(const Checking& checking, std::uint32_t tree,
                                                             std::string_view name) {
    std::vector<std::pair<std::uint32_t, const Symbol*>> found;
    const auto look_in = [&](std::uint32_t other, const std::string& plain) {
        const auto place = checking.scopes[other].symbols.find(plain);
        if (place == checking.scopes[other].symbols.end()) return;
        for (const auto& [seen, symbol] : found)
            if (symbol == &place->second) return;
        found.emplace_back(other, &place->second);
    };
    const std::size_t dot = name.find('.');
    const auto look_behind = [&](std::string_view qualifier, std::uint32_t other) {
        if (dot != std::string_view::npos && name.substr(0, dot) == qualifier)
            look_in(other, std::string(name.substr(dot + 1)));
    };
    look_in(tree, std::string(name));
    look_behind(checking.model.modules[tree], tree);
    for (const Import& import : checking.scopes[tree].imports) {
        if (import.alias.empty()) look_in(import.tree, std::string(name));
        look_behind(qualifier(checking, import), import.tree);
    }
    return found;
}

std::vector<std::string_view> visible_names(const Checking& checking, std::uint32_t tree, std::optional<Sort> sort) {
    std::vector<std::string_view> names;
    const auto add = [&](std::uint32_t other) {
        for (const auto& [name, symbol] : checking.scopes[other].symbols)
            if (!sort || symbol.sort == *sort) names.push_back(name);
    };
    add(tree);
    for (const Import& import : checking.scopes[tree].imports)
        if (import.alias.empty()) add(import.tree);
    std::sort(names.begin(), names.end()); // the table has no order of its own
    return names;
}

const Symbol* find_symbol(Checking& checking, std::uint32_t tree, const Name& name, Sort sort) {
    const auto found = visible(checking, tree, name.text);
    if (found.empty()) {
        report_unknown_symbol(checking, tree, name, sort);
        return nullptr;
    }
    if (found.size() > 1) {
        report_ambiguous(checking, name, found);
        return nullptr;
    }
    if (found[0].second->sort == sort) return found[0].second;
    Diagnostic& diagnostic = checking.diagnostics.add(
        Code::wrong_sort, name.span,
        fmt::format("{} is {}, not {}", quoted(name.text), sort_name(found[0].second->sort), sort_name(sort)));
    diagnostic.notes.push_back({found[0].second->span, "declared here"});
    return nullptr;
}

std::optional<std::uint32_t> find_event(Checking& checking, std::uint32_t tree, const DottedName& name,
                                        bool signals_allowed) {
    const std::string text = name.text();
    const auto found = checking.event_of.find(text);
    if (found != checking.event_of.end() && sees(checking, tree, checking.model.event_at[found->second].tree))
        return found->second;
    for (const Import& import : checking.scopes[tree].imports) {
        const std::string_view before = qualifier(checking, import);
        if (!text.starts_with(before) || !text.substr(before.size()).starts_with('.')) continue;
        const auto qualified = checking.event_of.find(text.substr(before.size() + 1));
        if (qualified != checking.event_of.end() && checking.model.event_at[qualified->second].tree == import.tree)
            return qualified->second;
    }
    if (is_unread(checking, text)) return std::nullopt;
    Diagnostic& diagnostic =
        checking.diagnostics.add(Code::unknown_event, name.span, fmt::format("unknown event {}", quoted(text)));
    diagnostic.label = "no such event";
    if (found != checking.event_of.end()) {
        const std::string& module = checking.model.modules[checking.model.event_at[found->second].tree];
        diagnostic.help = fmt::format("it is declared in module {}: add `use {}`", quoted(module), module);
        return std::nullopt;
    }
    std::vector<std::string_view> names;
    for (std::uint32_t index = 0; index < checking.model.events.size(); ++index)
        if (sees(checking, tree, checking.model.event_at[index].tree))
            names.push_back(checking.model.events[index].name);
    suggest(diagnostic, {text, name.span}, names);
    const bool is_of_hr = text.starts_with("hr.") || text.find('.') == std::string::npos;
    const std::string own = fmt::format("hr.{}", own_event(text.substr(text.rfind('.') + 1)));
    if (is_of_hr && std::find(names.begin(), names.end(), own) != names.end()) {
        diagnostic.help = fmt::format("here it is {}", quoted(own));
        diagnostic.fix.clear(); // likely, not sure
    }
    const std::string module = standard_module_with(checking, "event", text);
    if (!module.empty())
        diagnostic.help = fmt::format("it is declared in module {}: add `use {}`", quoted(module), module);
    const auto others = visible(checking, tree, text);
    if (!others.empty() && others[0].second->sort == Sort::signal) {
        diagnostic.help = fmt::format("{} is a signal: {} `{}signal {}`", quoted(text),
                                      signals_allowed ? "write" : "a policy opens on it by",
                                      signals_allowed ? "" : "opens on ", text);
        diagnostic.fix.clear();
        if (signals_allowed) diagnostic.fix.push_back({name.span, "signal " + text});
    }
    if (signals_allowed && text == "until")
        diagnostic.help = "`until` stands behind the brackets: `sequence within 1h { … } until device.reboot`";
    if (diagnostic.help.empty() && checking.scopes[tree].imports.empty())
        diagnostic.help = "the events of the standard modules are there after `use hr, activity`";
    return std::nullopt;
}

std::optional<runtime::Level> find_level(std::string_view name) {
    const auto& names = runtime::level_names;
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt; // the grammar lets no other word stand here
    return static_cast<runtime::Level>(found - names.begin());
}

namespace {

void add_heard(std::vector<Heard>& heard, Heard one) {
    if (std::find(heard.begin(), heard.end(), one) == heard.end()) heard.push_back(one);
}

void hear_family(Checking& checking, const EventPattern& pattern, bool watching, std::vector<Heard>& heard) {
    const bool everything = pattern.kind == EventPattern::Kind::everything;
    const std::string prefix = everything ? "" : pattern.name.text() + ".";
    bool any = false;
    for (std::uint32_t index = 0; index < checking.model.events.size(); ++index) {
        const runtime::EventSchema& schema = checking.model.events[index];
        if (everything ? schema.name.rfind("hr.", 0) == 0 : schema.name.rfind(prefix, 0) != 0) continue;
        any = true;
        if (watching && schema.subject == runtime::no_slot) continue;
        add_heard(heard, {false, index});
    }
    if (any) return;
    Diagnostic& diagnostic = checking.diagnostics.add(
        Code::unknown_event, pattern.span,
        everything ? std::string("no event is declared that `*` could stand for")
                   : fmt::format("no event is declared below {}", quoted(pattern.name.text())));
    diagnostic.label = "no such events";
    std::vector<std::string> families;
    for (const runtime::EventSchema& schema : checking.model.events)
        families.push_back(schema.name.substr(0, schema.name.rfind('.')));
    const std::vector<std::string_view> candidates(families.begin(), families.end());
    if (!everything) suggest(diagnostic, {pattern.name.text(), pattern.name.span}, candidates);
}

void hear_event(Checking& checking, std::uint32_t tree, const EventPattern& pattern, bool signals_allowed,
                bool watching, std::vector<Heard>& heard) {
    const std::optional<std::uint32_t> event = find_event(checking, tree, pattern.name, signals_allowed);
    if (!event) return;
    if (watching && checking.model.events[*event].subject == runtime::no_slot) {
        Diagnostic& diagnostic =
            checking.diagnostics.add(Code::event_without_person, pattern.span,
                                     fmt::format("the event {} has no person", quoted(pattern.name.text())));
        diagnostic.label = "belongs to nobody";
        diagnostic.notes.push_back({checking.model.decl<EventDecl>(checking.model.event_at[*event]).name.span,
                                    "declared here without a field of type `person`"});
        return;
    }
    add_heard(heard, {false, *event});
}

} // namespace

std::vector<Heard> resolve_patterns(Checking& checking, std::uint32_t tree, const std::vector<EventPattern>& patterns,
                                    bool signals_allowed, bool watching) {
    std::vector<Heard> heard;
    for (const EventPattern& pattern : patterns) {
        switch (pattern.kind) {
        case EventPattern::Kind::event:
            hear_event(checking, tree, pattern, signals_allowed, watching, heard);
            break;
        case EventPattern::Kind::family:
        case EventPattern::Kind::everything:
            hear_family(checking, pattern, watching, heard);
            break;
        case EventPattern::Kind::signal: {
            if (!signals_allowed) {
                checking.diagnostics.add(Code::signal_in_place_of_event, pattern.span,
                                         "a signal cannot stand here, only events");
                break;
            }
            const Symbol* symbol = find_symbol(checking, tree, {pattern.name.text(), pattern.name.span}, Sort::signal);
            if (symbol != nullptr) add_heard(heard, {true, symbol->index});
            break;
        }
        }
    }
    return heard;
}

} // namespace watchword::dsl
