// From the bracket that is open to the row or declaration that it belongs to.
#include "desk/editor/call_help.hpp"

#include "desk/editor/hover.hpp"
#include "desk/editor/name_scope.hpp"
#include "desk/editor/written_tokens.hpp"
#include "dsl/expression_text.hpp"

#include <fmt/format.h>

namespace watchword::desk {

namespace {

struct OpenCall {
    std::string name;
    std::size_t argument = 0;
};

/// The innermost open parenthesis that stands behind a name.
std::optional<OpenCall> open_call(std::string_view text, std::uint32_t offset) {
    const TokenRow tokens{text, tokens_of(text.substr(0, offset))};
    std::size_t closed = 0;
    std::size_t commas = 0;
    for (std::size_t index = tokens.size(); index-- > 0;) {
        const std::string_view sign = tokens.text(index);
        if (tokens[index].kind == TokenKind::comment || tokens[index].kind == TokenKind::text) {
            if (index + 1 == tokens.size() && (tokens[index].kind == TokenKind::comment || !tokens[index].closed))
                return std::nullopt;
            continue;
        }
        if (sign == ")" || sign == "]" || sign == "}") ++closed;
        if (sign == "," && closed == 0) ++commas;
        if (sign != "(" && sign != "[" && sign != "{") continue;
        if (closed != 0) {
            --closed;
            continue;
        }
        if (sign == "{") return std::nullopt;
        std::size_t first = index;
        while (first > 0 && (tokens.is_name(first - 1) || tokens.is(first - 1, ".")) &&
               (first == index || tokens.touches_before(first)))
            --first;
        OpenCall call{{}, commas};
        if (sign == "(" && first < index && tokens.path_end(first, call.name) == index) return call;
        commas = 0; // of a list, of a bracket around an expression
    }
    return std::nullopt;
}

/// `address text` and `by text` of `replace(address text, by text) text`.
std::vector<std::string> parameters_of(std::string_view signature) {
    std::vector<std::string> result;
    const std::size_t open = signature.find('('), close = signature.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close <= open + 1) return result;
    std::string_view inside = signature.substr(open + 1, close - open - 1);
    while (!inside.empty()) {
        const std::size_t end = std::min(inside.find(','), inside.size());
        result.emplace_back(inside.substr(0, end));
        inside.remove_prefix(std::min(end + 1, inside.size()));
        inside.remove_prefix(std::min(inside.find_first_not_of(' '), inside.size()));
    }
    return result;
}

class Signatures {
public:
    Signatures(const CheckedFile& file, const std::string& name, CallHelp& into)
        : model_(file.model), scope_(file.model, file.tree), name_(name), into_(into) {}

    void run() {
        if (model_.functions != nullptr)
            for (const runtime::FunctionRow& row : *model_.functions)
                if (row.name == name_) add(std::string(row.signature), std::string(row.doc));
        declared<dsl::DefineDecl>(model_.defines);
        declared<dsl::SignalDecl>(model_.signals);
        declared<dsl::ActionDecl>(model_.actions);
        if (!into_.signatures.empty()) return;
        const std::string page = built_in_page(NameKind::windowed, name_, model_);
        const std::size_t open = page.find("\n`"); // under the heading, `sum(x [, where C]) WINDOW`: what it is
        const std::size_t close = open == std::string::npos ? open : page.find("`:", open);
        if (close == std::string::npos) return;
        into_.signatures.push_back({page.substr(open + 2, close - open - 2), page.substr(close + 3), {}});
    }

private:
    void add(std::string label, std::string doc) {
        std::vector<std::string> parameters = parameters_of(label);
        into_.signatures.push_back({std::move(label), std::move(doc), std::move(parameters)});
    }

    template <class Declared, class Info>
    void declared(const std::vector<Info>& infos) {
        const std::uint32_t index = scope_.find(infos, name_);
        if (index == dsl::none) return;
        const dsl::DeclRef at = infos[index].at;
        const auto& declaration = model_.decl<Declared>(at);
        const dsl::ExpressionText expr{model_.trees[at.tree], model_.sources};
        std::string label;
        for (const dsl::Parameter& parameter : declaration.parameters) {
            label +=
                fmt::format("{}{} {}", label.empty() ? "" : ", ", parameter.name.text, dsl::type_text(parameter.type));
            if (parameter.fallback != dsl::no_expr) label += fmt::format(" = {}", expr(parameter.fallback));
        }
        add(fmt::format("{}({})", name_, label), model_.trees[at.tree].declarations[at.declaration].doc);
    }

    const dsl::Model& model_;
    NameScope scope_;
    const std::string& name_;
    CallHelp& into_;
};

} // namespace

std::optional<CallHelp> call_help(const CheckedFile& now, const CheckedFile* fine, std::uint32_t offset) {
    const std::optional<OpenCall> call = open_call(now.text(), offset);
    if (!call) return std::nullopt;
    CallHelp help;
    help.argument = call->argument;
    Signatures{now, call->name, help}.run();
    if (help.signatures.empty() && fine != nullptr) Signatures{*fine, call->name, help}.run();
    if (help.signatures.empty()) return std::nullopt;
    while (help.active + 1 < help.signatures.size() && help.signatures[help.active].parameters.size() <= help.argument)
        ++help.active;
    return help;
}

} // namespace watchword::desk
