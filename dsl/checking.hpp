// What the parts of the checker share while they fill one model: the names each file declares and sees, and what was
// found out on the way. Private to the checker; nobody else includes it.
#pragma once

#include "dsl/compiler.hpp"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace watchword::dsl {

/// What a declared name stands for. Events have a space of their own.
enum class Sort : std::uint8_t { list, table, constant, define, calendar, baseline, action, signal, policy, source };

struct Symbol {
    Sort sort = Sort::list;
    std::uint32_t index = none; ///< in the model's vector of that sort
    Span span;                  ///< of the declared name
};

struct Import {
    std::uint32_t tree = none;
    std::string alias; ///< empty: its names are visible as they are
};

/// Names of one file.
struct ModuleScope {
    std::unordered_map<std::string, Symbol> symbols;
    std::vector<Import> imports;
    bool is_root = false;
    std::string folder; ///< of its file, with the slash
};

/// Things known to be present: keys of paths, see `ExpressionChecker::key`.
using Facts = std::set<std::string>;

/// Of declarations that are checked when first needed.
enum class Progress : std::uint8_t { untouched, running, done };

/// What an expression asks of the moment at which it is looked at.
struct Asked {
    bool person = false; ///< about the person in question: `employee`, and what a calendar says of them
    bool clock = false;  ///< whether the time lies in a calendar
};

/// What is known of a signal beside its SignalInfo.
struct SignalNotes {
    Progress progress = Progress::untouched;
    Facts hit_facts; ///< about the event of a hit: the last filled step of a sequence
    /// Windows of its condition in order of appearance, equal ones once.
    std::vector<ExprId> windows, usuals, peers;
    std::vector<Heard> hit_on; ///< what a hit's event is one of
};

struct Checking {
    Sources& sources;
    const CompilerOptions& options;
    Diagnostics& diagnostics;
    Model model;

    std::vector<ModuleScope> scopes;                         ///< parallel to Model::trees
    std::unordered_map<std::string, std::uint32_t> event_of; ///< name → Model::events
    std::vector<Progress> constants;                         ///< parallel to Model::constants
    std::vector<Progress> defines;                           ///< parallel to Model::defines
    std::vector<Progress> lists;                             ///< parallel to Model::lists
    std::vector<Asked> define_asks;                          ///< parallel to it
    std::vector<SignalNotes> signals;                        ///< parallel to Model::signals
    std::uint32_t running = 0; ///< constants, lists and definitions that are being checked

    std::string_view text(Span span) const { return sources.text(span); }
    const Expr& expr(std::uint32_t tree, ExprId id) const { return model.trees[tree].exprs[id]; }
    ExprInfo& info(std::uint32_t tree, ExprId id) { return model.infos[tree][id]; }
    const Declaration& declaration(DeclRef at) const { return model.trees[at.tree].declarations[at.declaration]; }
};

// --- modules.cpp, names.cpp ----------------------------------------------------------------------------------------

/// Fills Model::trees, modules, zones and the scopes with their imports.
void load_modules(Checking& checking, std::span<const std::uint32_t> roots);
/// Gives every declared name its symbol and its entry in the model.
void declare_names(Checking& checking);

/// The declaration that `name` (possibly qualified) means in file `tree`; nullptr after reporting that there is none,
/// that there are two, or that it is of another sort.
const Symbol* find_symbol(Checking& checking, std::uint32_t tree, const Name& name, Sort sort);
/// All declarations visible under that name, as (module's tree, symbol).
std::vector<std::pair<std::uint32_t, const Symbol*>> visible(const Checking& checking, std::uint32_t tree,
                                                             std::string_view name);
/// Names that are visible in `tree`, of one sort or all.
std::vector<std::string_view> visible_names(const Checking& checking, std::uint32_t tree, std::optional<Sort> sort);
/// A declaration called so could not be read: what is wrong with it was said, and that its name is unknown follows.
bool is_unread(const Checking& checking, std::string_view name);
/// Index in Model::events; nullopt after reporting. `signals_allowed`: a signal could stand there too.
std::optional<std::uint32_t> find_event(Checking& checking, std::uint32_t tree, const DottedName& name,
                                        bool signals_allowed = false);
std::string_view sort_name(Sort sort); ///< `list`, with the article: `a list`

/// What patterns stand for. `watching`: only events that have a person can be heard.
std::vector<Heard> resolve_patterns(Checking& checking, std::uint32_t tree, const std::vector<EventPattern>& patterns,
                                    bool signals_allowed, bool watching = true);
std::optional<runtime::Level> find_level(std::string_view name);

/// Adds "did you mean" with its fix, if some candidate is near.
void suggest(Diagnostic& diagnostic, const Name& name, std::span<const std::string_view> candidates);
std::string quoted(std::string_view name); ///< between backquotes; cut if very long

// --- one function a kind of declaration -----------------------------------------------------------------------------

void check_subjects(Checking& checking); // schema_checker.cpp
void check_events(Checking& checking);
void check_event_updates(Checking& checking);
void check_actions(Checking& checking);
/// Whether what is declared, a `noun`, is to be checked now; it then runs. What runs already needs itself, and that is
/// reported where it was asked for.
bool begins(Checking& checking, Progress& progress, const Name& name, Span asked, std::string_view noun);
void ends(Checking& checking, Progress& progress);
void check_constants(Checking& checking);  // value_checker.cpp
void put_in_constants(Checking& checking); // clause_constants.cpp
void ensure_constant(Checking& checking, std::uint32_t index, Span asked);
void check_defines(Checking& checking);
void ensure_define(Checking& checking, std::uint32_t index, Span asked);
/// What a parameter without an argument is, if it says so, is a constant of its type.
void check_default(Checking& checking, std::uint32_t tree, const Parameter& parameter, Type type);
void check_lists(Checking& checking); // list_checker.cpp
void ensure_list(Checking& checking, std::uint32_t index, Span asked);
void check_tables(Checking& checking);
void check_calendars(Checking& checking);
void check_baselines(Checking& checking);
void check_signals(Checking& checking); // signal_checker.cpp
void ensure_signal(Checking& checking, std::uint32_t index, Span asked);
void check_policies(Checking& checking); // policy_checker.cpp
void check_risk(Checking& checking);
void check_sources(Checking& checking); // source_checker.cpp
void check_tests(Checking& checking);   // test_checker.cpp
/// Compiles the files without their tests, but with what this test says is refused. refusal.cpp
RefusalInfo try_refusal(const Checking& checking, DeclRef test);

} // namespace watchword::dsl
