// Sources: columns, and how foreign records become declared events or roster entries. Names are columns; absence passes
// through. A source that extends another takes over its columns and emits.
#include "dsl/expression_checker.hpp"
#include "dsl/signal_checker.hpp"
#include "dsl/types.hpp"
#include "runtime/civil.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace watchword::dsl {

namespace {

class SourceChecker {
public:
    explicit SourceChecker(Checking& checking)
        : checking_(checking), progress_(checking.model.source_mappings.size(), Progress::untouched) {}

    void check() {
        for (std::uint32_t index = 0; index < progress_.size(); ++index) ensure(index, {}, 0);
    }

private:
    void ensure(std::uint32_t index, Span asked, std::uint32_t depth) {
        constexpr std::uint32_t deepest = 100;
        SourceInfo& source = checking_.model.source_mappings[index];
        const auto& declared = checking_.model.decl<SourceDecl>(source.at);
        if (progress_[index] == Progress::running || depth > deepest) {
            checking_.diagnostics
                .add(Code::cycle, asked, fmt::format("the source {} extends itself", quoted(source.name)))
                .notes.push_back({declared.name.span, "declared here"});
            return;
        }
        if (progress_[index] != Progress::untouched) return;
        progress_[index] = Progress::running;
        take_over(source, declared, depth);
        read_options(source, declared);
        for (const Column& column : declared.columns) add_column(source, column);
        for (const Emit& emit : declared.emits) check_emit(source, emit);
        if (source.emits.empty() && source.format != "")
            checking_.diagnostics
                .add(Code::source_without_emit, declared.name.span,
                     fmt::format("the source {} emits nothing", quoted(source.name)))
                .help = "add `emit EVENT { user: …, time: … }`";
        progress_[index] = Progress::done;
    }

    void take_over(SourceInfo& source, const SourceDecl& declared, std::uint32_t depth) {
        source.format = declared.format.text;
        if (source.format == "csv" || source.format == "json") return;
        const auto found = visible(checking_, source.at.tree, declared.format.text);
        if (found.empty()) {
            Diagnostic& diagnostic =
                checking_.diagnostics.add(Code::unknown_format, declared.format.span,
                                          fmt::format("unknown format {}", quoted(declared.format.text)));
            diagnostic.label = "neither a format nor a source";
            std::vector<std::string_view> names = visible_names(checking_, source.at.tree, Sort::source);
            names.insert(names.end(), {"csv", "json"});
            suggest(diagnostic, declared.format, names);
            if (diagnostic.help.empty()) diagnostic.help = "a source reads `csv`, `json`, or extends another source";
            return;
        }
        const Symbol* symbol = find_symbol(checking_, source.at.tree, declared.format, Sort::source);
        if (symbol == nullptr) return;
        ensure(symbol->index, declared.format.span, depth + 1);
        const SourceInfo& parent = checking_.model.source_mappings[symbol->index];
        if (&parent == &source) return;
        source.format = parent.format;
        source.columns = parent.columns;
        source.emits = parent.emits;
        source.delimiter = parent.delimiter;
        source.zone = parent.zone;
        source.header = parent.header;
    }

    void read_options(SourceInfo& source, const SourceDecl& declared) {
        if (declared.delimiter) {
            source.delimiter = declared.delimiter->text;
            if (source.delimiter.size() != 1)
                checking_.diagnostics.add(Code::out_of_range, declared.delimiter->span,
                                          "a delimiter is one ASCII character");
        }
        if (declared.zone) {
            source.zone = declared.zone->text;
            if (!runtime::is_zone(source.zone))
                checking_.diagnostics
                    .add(Code::bad_literal, declared.zone->span,
                         fmt::format("{} is not a time zone", quoted(source.zone)))
                    .help = "zones are named as in `Europe/Berlin` or `UTC`";
        }
        if (declared.header.empty()) return;
        source.header.clear();
        for (const TextClause& name : declared.header) source.header.push_back(name.text);
    }

    void add_column(SourceInfo& source, const Column& column) {
        SourceInfo::ColumnInfo info;
        info.name = column.name.text;
        info.type = resolve_type(checking_, column.type).as_optional(); // a cell may be empty
        info.sensitive = column.sensitive;
        for (const TextClause& header : column.headers) info.headers.push_back(header.text);
        if (info.headers.empty()) info.headers.push_back(info.name);
        const auto same = std::find_if(source.columns.begin(), source.columns.end(),
                                       [&](const SourceInfo::ColumnInfo& other) { return other.name == info.name; });
        if (same == source.columns.end()) {
            source.columns.push_back(std::move(info));
            return;
        }
        if (same->type != info.type)
            checking_.diagnostics.add(Code::type_mismatch, column.span,
                                      fmt::format("the column {} has type `{}` where it was declared first",
                                                  quoted(info.name),
                                                  show_type(checking_.model, same->type.as_required())));
        *same = std::move(info);
    }

    Scope scope_of(SourceInfo& source) const {
        Scope scope;
        scope.tree = source.at.tree;
        scope.source = &source;
        scope.place = "in a source";
        return scope;
    }

    void check_emit(SourceInfo& source, const Emit& emit) {
        Scope scope = scope_of(source);
        ExpressionChecker checker(checking_, scope);
        checker.check_condition(emit.when);
        if (emit.employee) {
            check_employee(checker, emit);
            source.emits.push_back({source.at.tree, &emit, none});
            return;
        }
        const std::optional<std::uint32_t> event = find_event(checking_, source.at.tree, emit.event);
        if (!event) {
            for (const Assignment& field : emit.fields) checker.check(field.value);
            return;
        }
        check_fields(checker, source, emit, *event);
        source.emits.push_back({source.at.tree, &emit, *event});
    }

    void check_fields(ExpressionChecker& checker, const SourceInfo& source, const Emit& emit, std::uint32_t event) {
        const runtime::EventSchema& schema = checking_.model.events[event];
        std::set<std::string> given;
        for (const Assignment& field : emit.fields) {
            report_second(given, field);
            const Type target = target_of(schema, field);
            if (target.kind == Kind::error)
                checker.check(field.value);
            else
                checker.check_value(field.value, target.as_optional(),
                                    fmt::format("the field {}", quoted(field.name.text)));
            warn_of_sensitive(source, schema, field);
        }
        if (!given.contains("time")) report_missing(emit, schema, "time");
        for (const runtime::Field& field : schema.fields)
            if (!field.type.optional && !field.fallback && !given.contains(field.name) &&
                field.type.kind != Kind::error)
                report_missing(emit, schema, field.name);
    }

    /// What is made of a column, such as a file's name of its path, is for whoever writes it to judge.
    void warn_of_sensitive(const SourceInfo& source, const runtime::EventSchema& schema, const Assignment& field) {
        const Ref& ref = checking_.model.info(source.at.tree, field.value).ref;
        if (ref.kind != RefKind::column || !source.columns[ref.index].sensitive) return;
        const runtime::Field* const into = schema.find(field.name.text);
        if (into == nullptr || into->sensitive || into->type.kind == Kind::person) return;
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::sensitive_in_clear, checking_.model.expr(source.at.tree, field.value).span,
            fmt::format("the column {} is sensitive, the field {} of {} is not", quoted(source.columns[ref.index].name),
                        quoted(field.name.text), quoted(schema.name)));
        diagnostic.label = "would be shown in clear";
        diagnostic.help = "make the field `sensitive`, or the column plain";
    }

    void report_second(std::set<std::string>& given, const Assignment& field) {
        if (!given.insert(field.name.text).second)
            checking_.diagnostics.add(Code::declared_twice, field.name.span,
                                      fmt::format("the field {} is given twice", quoted(field.name.text)));
    }

    Type target_of(const runtime::EventSchema& schema, const Assignment& field) {
        if (field.name.text == "time") return type_of(Kind::time);
        if (field.name.text == "id") return type_of(Kind::text);
        if (const runtime::Field* found = schema.find(field.name.text)) return found->type;
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::unknown_field, field.name.span,
            fmt::format("unknown field {} on event {}", quoted(field.name.text), quoted(schema.name)));
        diagnostic.label = "no such field";
        std::vector<std::string_view> names{"time", "id"};
        for (const runtime::Field& one : schema.fields) names.push_back(one.name);
        suggest(diagnostic, field.name, names);
        return error_type;
    }

    void report_missing(const Emit& emit, const runtime::EventSchema& schema, const std::string& field) {
        Diagnostic& diagnostic = checking_.diagnostics.add(
            Code::missing_field, emit.event.span,
            fmt::format("the event {} is emitted without its field {}", quoted(schema.name), quoted(field)));
        diagnostic.label = fmt::format("{} is required", quoted(field));
        diagnostic.help = fmt::format("add `{}: …`", field);
    }

    void check_employee(ExpressionChecker& checker, const Emit& emit) {
        std::set<std::string> given;
        for (const Assignment& field : emit.fields) {
            report_second(given, field);
            if (field.name.text == "id") {
                checker.check_value(field.value, type_of(Kind::text).as_optional(), "the employee's id");
                continue;
            }
            if (field.name.text == "accounts") {
                checker.check_value(field.value, list_of(Kind::text).as_optional(), "the employee's accounts");
                continue;
            }
            const std::vector<runtime::Field>& attributes = checking_.model.employee.attributes;
            const auto found = std::find_if(attributes.begin(), attributes.end(),
                                            [&](const runtime::Field& one) { return one.name == field.name.text; });
            if (found != attributes.end()) {
                checker.check_value(field.value, found->type.as_optional(),
                                    fmt::format("the attribute {}", quoted(field.name.text)));
                continue;
            }
            checker.check(field.value);
            Diagnostic& diagnostic =
                checking_.diagnostics.add(Code::unknown_attribute, field.name.span,
                                          fmt::format("unknown attribute {} of `employee`", quoted(field.name.text)));
            std::vector<std::string_view> names{"id", "accounts"};
            for (const runtime::Field& one : attributes) names.push_back(one.name);
            suggest(diagnostic, field.name, names);
        }
        if (given.contains("id")) return;
        Diagnostic& diagnostic =
            checking_.diagnostics.add(Code::missing_field, emit.span, "the employee is emitted without an id");
        diagnostic.help = "add `id: …`";
    }

    Checking& checking_;
    std::vector<Progress> progress_;
};

} // namespace

void check_sources(Checking& checking) { SourceChecker(checking).check(); }

} // namespace watchword::dsl
