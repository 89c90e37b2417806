// Native JSON Lines: `{"type":"file.copy","time":"…","user":"u1",…}`. Lines that look like those before them are
// decoded the fast way; here is the general way, which understands everything and says what is wrong.
#include "stdlib/sources/damaged_json.hpp"
#include "stdlib/sources/json_scanner.hpp"
#include "stdlib/sources/json_value.hpp"
#include "stdlib/sources/reading.hpp"
#include "stdlib/sources/shaped_decoder.hpp"
#include "stdlib/sources/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace watchword::stdlib {

using runtime::EventSchema;
using runtime::Field;
using runtime::Time;
using runtime::Value;

namespace {

/// What it takes to decode lines; the fast way by itself.
class NativeLines final : public Glance {
public:
    NativeLines(const runtime::Program& program, const LatestTime* latest)
        : values(program, scanner), latest_(latest), shaped_(program, scanner, values, latest) {}

    void tell(std::string_view bytes, const Reach& reach, Arena& arena, Told& told) override {
        shaped_.tell(bytes, reach, arena, told);
    }
    std::optional<Time> time_of(const Record& record) override;
    /// Whether it may be passed over without being taken apart.
    bool is_unread(const Record& record) {
        Time time = 0;
        return shaped_.unread_length(record.with_readable(), time) == record.text.size();
    }
    void learn(std::string_view line) override { static_cast<void>(tokenise(line)); }
    /// Into `tokens`, and learns from them; false: it is no record, as `scanner` tells.
    bool tokenise(std::string_view line) {
        const std::string_view text = trim(line);
        if (!scanner.index(text) || !scanner.read_record(text.size(), tokens)) return false;
        shaped_.learn(line, tokens);
        return true;
    }

    JsonScanner scanner;
    JsonValues values;
    std::vector<JsonToken> tokens; ///< of the line tokenised last

private:
    std::optional<Time> time_of_tokens();

    const LatestTime* const latest_;
    ShapedDecoder shaped_;
    Arena aside_;
};

std::optional<Time> NativeLines::time_of(const Record& record) {
    if (const std::optional<Time> time = shaped_.time_of(record.with_readable())) return time;
    if (is_blank(record.text)) return std::nullopt;
    aside_.reset();
    if (tokenise(record.text)) return time_of_tokens();
    ClosedBehind places(trim(record.text), "time", aside_);
    while (const auto closed = places.next())
        if (scanner.index(*closed) && scanner.read_record(closed->size(), tokens) && tokens.back().key == "time")
            return time_of_tokens();
    return std::nullopt;
}

std::optional<Time> NativeLines::time_of_tokens() {
    for (const JsonToken& token : tokens)
        if (token.key == "time" || (token.key_escaped && scanner.unescape(token.key, aside_) == "time")) {
            const std::optional<Time> time = values.time_of(token, aside_);
            return time && latest_ != nullptr && !latest_->allows(*time) ? std::nullopt : time;
        }
    return std::nullopt;
}

class NativeSource final : public Source {
public:
    NativeSource(const runtime::Program& program, const std::string& file, Ledger& ledger, Scrutiny scrutiny)
        : program_(program), file_(file), ledger_(ledger), scrutiny_(scrutiny), lines_(program, scrutiny.latest) {}

    std::size_t extent(std::string_view bytes, bool all) override { return line_extent(bytes, all); }
    bool is_line() const override { return true; }
    void scan(const Record& record, std::vector<Emission>& emissions) override;
    bool produce(const Record& record, std::uint32_t emit, Arena& arena, Produced& produced) override;
    bool is_plain() const override { return true; }
    Glance* own_glance() override { return has_glance() ? &lines_ : nullptr; }
    bool tells_times() const override { return true; }
    std::unique_ptr<Glance> glance() override {
        return has_glance() ? std::make_unique<NativeLines>(program_, scrutiny_.latest) : nullptr;
    }

private:
    /// The fast way sees only what is read.
    bool has_glance() const { return !scrutiny_.unknown_fields && !scrutiny_.all_fields; }
    bool decode(const Record& record, Arena& arena, Produced& produced);
    bool fill(const Record& record, std::uint32_t type, Arena& arena, Produced& produced);
    void note_repeated_keys();
    bool reject(const Record& record, std::string_view reason) {
        ledger_.reject(origin(record), reason);
        return false;
    }
    bool pass_over() {
        if (!ledger_.muted()) ++ledger_.statistics.unused;
        return false;
    }
    Origin origin(const Record& record) const { return {file_, record.line, record.text}; }

    const runtime::Program& program_;
    const std::string& file_;
    Ledger& ledger_;
    Scrutiny scrutiny_;
    NativeLines lines_;
    std::vector<std::string_view> keys_; ///< of the tokens, without escapes
    std::vector<std::string_view> sorted_keys_;
    Arena aside_; ///< for scanning
};

void NativeSource::scan(const Record& record, std::vector<Emission>& emissions) {
    if (const std::optional<Time> time = lines_.time_of(record)) {
        emissions.push_back({*time, 0});
        return;
    }
    // Whatever is wrong with it is said when its turn comes to be decoded, or now if it has no time.
    if (is_blank(record.text)) return;
    aside_.reset();
    Produced nothing;
    produce(record, 0, aside_, nothing);
}

bool NativeSource::produce(const Record& record, std::uint32_t, Arena& arena, Produced& produced) {
    if (has_glance()) {
        Told told;
        lines_.tell(record.with_readable(), {0, 1, record.text.size(), record.text.size()}, arena, told);
        if (told.passed != 0) return pass_over();
        if (told.length != 0) {
            produced = told.produced;
            return true;
        }
    }
    if (is_blank(record.text)) return false;
    // the fast way has found that out already, if there is one
    if (!has_glance() && !scrutiny_.all_fields && lines_.is_unread(record)) return pass_over();
    if (!lines_.tokenise(record.text)) return reject(record, lines_.scanner.error());
    return decode(record, arena, produced);
}

bool NativeSource::decode(const Record& record, Arena& arena, Produced& produced) {
    const auto find = [&](std::string_view key) {
        const auto found = std::find(keys_.begin(), keys_.end(), key);
        return found == keys_.end() ? nullptr : &lines_.tokens[static_cast<std::size_t>(found - keys_.begin())];
    };
    keys_.clear();
    for (const JsonToken& token : lines_.tokens)
        keys_.push_back(token.key_escaped ? lines_.scanner.unescape(token.key, arena).value_or(token.key) : token.key);
    note_repeated_keys();
    const JsonToken* const type_token = find("type");
    const JsonToken* const time_token = find("time");
    const JsonToken* const id_token = find("id");
    if (type_token == nullptr) return reject(record, no_type);
    if (type_token->kind != JsonKind::text) return reject(record, "`type` is not a text");
    const std::string_view type_name = lines_.values.text_of(*type_token, arena);
    const std::optional<std::uint32_t> type = program_.find_event(type_name);
    if (!type) {
        ledger_.reject_unknown_type(origin(record), type_name);
        return false;
    }
    const bool used = program_.events[*type].used;
    if (!used && !scrutiny_.all_fields) return pass_over();
    if (time_token == nullptr) return reject(record, "`time` is missing");
    const std::optional<Time> time = lines_.values.time_of(*time_token, arena);
    if (!time) return reject(record, "`time` is not a time in the years 0001 to 9999");
    if (!scrutiny_.allows(*time)) return reject(record, in_the_future);
    produced.event.type = *type;
    produced.event.time = produced.event.stated = *time;
    produced.has_id = false;
    produced.part = 0;
    if (id_token != nullptr && id_token->kind != JsonKind::null) {
        if (id_token->kind != JsonKind::text && id_token->kind != JsonKind::number)
            return reject(record, "`id` is not a text");
        produced.event.id = lines_.values.text_of(*id_token, arena);
        produced.has_id = !produced.event.id.empty();
    }
    if (!fill(record, *type, arena, produced)) return false;
    if (!used) return pass_over();
    if (!produced.has_id) produced.content = content_of(lines_.tokens, lines_.scanner, arena);
    return true;
}

void NativeSource::note_repeated_keys() {
    sorted_keys_ = keys_;
    std::sort(sorted_keys_.begin(), sorted_keys_.end());
    const auto next = [&](auto from) { return std::adjacent_find(from, sorted_keys_.end()); };
    for (auto repeated = next(sorted_keys_.begin()); repeated != sorted_keys_.end(); repeated = next(repeated + 1))
        ledger_.note_repeated(file_, *repeated);
}

bool NativeSource::fill(const Record& record, std::uint32_t type, Arena& arena, Produced& produced) {
    const EventSchema& schema = program_.events[type];
    Value* const values = arena.values(schema.slots);
    Value* const unread = scrutiny_.all_fields ? arena.values(schema.fields.size()) : nullptr; // by field
    Value subject;
    const auto place_of = [&](const Field& field, bool is_subject) -> Value* {
        if (field.slot != runtime::no_slot) return &values[field.slot];
        if (is_subject) return &subject;
        return unread == nullptr ? nullptr : unread + (&field - schema.fields.data());
    };
    for (std::size_t place = 0; place < lines_.tokens.size(); ++place) {
        const Field* const found = schema.find(keys_[place]);
        if (found == nullptr) {
            if (scrutiny_.unknown_fields && keys_[place] != "type" && keys_[place] != "time" && keys_[place] != "id")
                ledger_.count_unknown_field(lines_.tokens[place].key);
            continue;
        }
        const Field& field = *found;
        const bool is_subject = found - schema.fields.data() == schema.subject;
        Value* const slot = place_of(field, is_subject);
        if (slot == nullptr || lines_.tokens[place].kind == JsonKind::null) continue;
        if (slot->present()) continue; // the first of equal keys counts
        const std::optional<Value> value = lines_.values.value_of(lines_.tokens[place], field.type, arena);
        if (!value) return reject(record, fmt::format("`{}` is not {}", field.name, describe(field.type.kind)));
        *slot = *value;
        if (is_subject) subject = *value;
    }
    for (const Field& field : schema.fields) {
        const bool is_subject = &field - schema.fields.data() == schema.subject;
        Value* const slot = place_of(field, is_subject);
        if (slot == nullptr || slot->present() || field.type.optional) continue;
        if (!field.fallback) return reject(record, fmt::format("`{}` is missing", field.name));
        *slot = *field.fallback;
        if (is_subject) subject = *slot;
    }
    produced.event.fields = values;
    produced.event.subject = subject.present() ? subject.text() : std::string_view{};
    return true;
}

} // namespace

std::size_t line_extent(std::string_view bytes, bool all) {
    const std::size_t end = bytes.find('\n');
    if (end != std::string_view::npos) return end + 1;
    return all ? bytes.size() : 0;
}

std::size_t first_line(std::string_view bytes, std::size_t begin, std::size_t end) {
    if (begin == 0) return 0;
    const std::size_t line_end = bytes.substr(begin - 1, end - begin).find('\n');
    return line_end == std::string_view::npos ? end : begin + line_end;
}

std::unique_ptr<Source> make_native_source(const runtime::Program& program, const std::string& file, Ledger& ledger,
                                           Scrutiny scrutiny) {
    return std::make_unique<NativeSource>(program, file, ledger, scrutiny);
}

} // namespace watchword::stdlib
