// Text as compiler, machine and decoders share it: folding, patterns, reading and writing values, also of hostile text.
#include "runtime/text.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace watchword::runtime;
using namespace std::literals;

namespace {

const std::vector<std::string>& hostile_texts() {
    static const std::vector<std::string> texts{
        "",
        " ",
        "\0"s,
        "a\0b"s,
        "\xff",
        "\xc3",
        "\xc3(",
        "\xed\xa0\x80",
        "\xf4\x90\x80\x80",
        "\xf0\x9f\x98",
        std::string(100'000, 'a'),
        std::string(100'000, '*'),
        std::string(100'000, '?'),
        std::string(100'000, '9'),
        std::string(100'000, '.'),
        std::string(100'000, ':'),
        std::string(50'000, '\xff'),
        "-",
        "+",
        "%",
        "%%",
        "9223372036854775808",
        "-9223372036854775809",
        "1e999",
        "nan",
        "inf",
        "0x10",
        "9999-12-31T23:59:59.9999999-23:59",
        "0000-01-01",
        "2025-02-30",
        "2025-01-01T",
        "2025-01-01T25:00",
        "1h1h9223372036854775807w",
        "::ffff:1.2.3.4.5",
        "1.2.3.4/33",
        "::1/129",
        "/8",
    };
    return texts;
}

} // namespace

TEST_CASE("folding is simple case folding without normalisation") {
    CHECK(fold("Straße ÅNGSTRÖM") == "straße ångström");
    CHECK(fold("ẞ") == "ß");
    CHECK(fold("ß") == "ß");
    CHECK(fold("ΣΑΣς") == "σασσ");
    CHECK(fold("K") == "k"); // the Kelvin sign
    CHECK(fold("ſ") == "s");
    CHECK(fold("İ") == "İ"); // has no simple folding
    CHECK(fold("ᾈ") == "ᾀ");
    CHECK(fold("Ꭰꭰ") == "ᎠᎠ"); // Cherokee folds to capitals
    CHECK(fold("e\u0301") != fold("é"));
    CHECK(fold("A\xff\xc3Z") == "a\xff\xc3z");
}

TEST_CASE("equal_folded agrees with fold") {
    for (const std::string& left : {"Straße"s, "STRASSE"s, "straße"s, "ΣΑΣ"s, "\xffK"s, "\xfek"s, ""s, "a"s})
        for (const std::string& right : {"STRAßE"s, "strasse"s, "σας"s, "\xffk"s, "K"s, ""s, "A"s})
            CHECK(equal_folded(left, right) == (fold(left) == fold(right)));
}

TEST_CASE("folding every character fits the room it is given and stays put") {
    std::string all;
    for (int code_point = 0x80; code_point < 0x20000; ++code_point) {
        if (code_point >= 0xd800 && code_point < 0xe000) continue;
        std::string one;
        if (code_point < 0x800)
            one = {static_cast<char>(0xc0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 63))};
        else if (code_point < 0x10000)
            one = {static_cast<char>(0xe0 | code_point >> 12), static_cast<char>(0x80 | (code_point >> 6 & 63)),
                   static_cast<char>(0x80 | (code_point & 63))};
        else
            one = {static_cast<char>(0xf0 | code_point >> 18), static_cast<char>(0x80 | (code_point >> 12 & 63)),
                   static_cast<char>(0x80 | (code_point >> 6 & 63)), static_cast<char>(0x80 | (code_point & 63))};
        char place[8];
        if (fold_to(one, place) * 2 > one.size() * 3) FAIL("folding " << code_point);
        if (lower_to(one, place) * 2 > one.size() * 3) FAIL("lower case of " << code_point);
        if (upper_to(one, place) * 2 > one.size() * 3) FAIL("upper case of " << code_point);
        const std::string folded = fold(one);
        if (fold(folded) != folded) FAIL("folding twice " << code_point);
        if (!is_utf8(one)) FAIL("valid text " << code_point);
    }
}

TEST_CASE("like takes * as any text and ? as one character") {
    CHECK(like("plan.dwg", "*.dwg"));
    CHECK(like("plan.dwg", "plan.*"));
    CHECK(like("plan.dwg", "p*n.d*g"));
    CHECK(like("plan.dwg", "????.dwg"));
    CHECK(like("größe", "gr?ße"));
    CHECK(like("größe", "gr???"));
    CHECK(like("größe", "*?"));
    CHECK(like("größe", "*ö?e"));
    CHECK(like("ö", "?"));
    CHECK(like("", ""));
    CHECK(like("", "**"));
    CHECK(like("aab", "a*ab"));
    CHECK(like("x\xff", "x?"));
    CHECK_FALSE(like("ö", "??"));
    CHECK_FALSE(like("", "?"));
    CHECK_FALSE(like("plan.dwg", "*.dw"));
    CHECK_FALSE(like("plan.dwg", "lan.dwg"));
    CHECK_FALSE(like("ab", "a*ab"));
    CHECK_FALSE(like("plan.dwg", ""));
}

TEST_CASE("like never takes long") {
    const std::string text(200'000, 'a');
    std::string pattern;
    for (int i = 0; i < 20'000; ++i) pattern += "*a";
    CHECK_FALSE(like(text, pattern + "b"));
    CHECK_FALSE(like(text, "*" + std::string(100'000, 'a') + "b*"));
    CHECK_FALSE(like(text, "*" + std::string(100'000, 'a') + "?b*"));
}

TEST_CASE("edit distance") {
    CHECK(edit_distance("removeable", "removable") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'b')) == 100'000);
}

TEST_CASE("what could rearrange a terminal") {
    CHECK(harmless("a\x1b[2Jb\r\n\tc\x7f") == "a [2Jb   c ");
    CHECK(harmless("\xc2\x9b"
                   "31m") == " 31m"); // CSI in one character
    CHECK(harmless("exe\xe2\x80\xae"
                   "fdp") == "exe fdp");                                  // right-to-left override
    CHECK(harmless("\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\xa8y") == " x  y"); // isolates, line separator
    CHECK(harmless("\x9b\xff") == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(harmless("Zoë שלום 日本 👩‍💻") == "Zoë שלום 日本 👩‍💻");
}

TEST_CASE("addresses and networks") {
    CHECK(show_ip(parse_ip("10.0.0.1").value()) == "10.0.0.1");
    CHECK(show_ip(parse_ip(" 2001:DB8::1 ").value()) == "2001:db8::1");
    CHECK(parse_ip("::ffff:10.0.0.1") == parse_ip("10.0.0.1"));
    CHECK(show_ip(parse_ip("fe80::1%12").value()) == "fe80::1");
    for (const char* text : {"", "-", "10.0.0", "10.0.0.256", "010.0.0.1x", "1.2.3.4.5", ":::", "12345::"})
        CHECK_FALSE(parse_ip(text));
    const auto network = parse_network("10.1.2.3/8").value();
    CHECK(show_ip(network.first) == "10.0.0.0");
    CHECK(network.second == 104);
    CHECK(parse_network("2001:db8::/32").value().second == 32);
    CHECK(parse_network("10.0.0.1").value().second == 128);
    for (const char* text : {"10.0.0.0/33", "::/129", "/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x"})
        CHECK_FALSE(parse_network(text));
}

TEST_CASE("times as RFC 3339 and as HR systems write them") {
    const auto shown = [](std::string_view text, std::string_view zone = "") {
        const std::optional<Time> time = parse_time(text, zone);
        return time ? show_time(*time) : "none";
    };
    CHECK(shown("2026-01-20T10:48:00.4675041+05:30") == "2026-01-20T05:18:00.467504Z");
    CHECK(shown("2026-01-20 10:48") == "2026-01-20T10:48:00Z");
    CHECK(shown("2026-01-20") == "2026-01-20T00:00:00Z");
    CHECK(shown("2026-01-20", "Europe/Berlin") == "2026-01-19T23:00:00Z");
    CHECK(shown(" 2026-01-20t10:48:00z ") == "2026-01-20T10:48:00Z");
    CHECK(shown("2026-01-20T10:48:00,5-0800") == "2026-01-20T18:48:00.5Z");
    CHECK(shown("2026-01-20 10:48:00 +01") == "2026-01-20T09:48:00Z");
    CHECK(shown("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
    CHECK(shown("0001-01-01") == "0001-01-01T00:00:00Z");
    CHECK(shown("9999-12-31T23:59:59.999999Z") == "9999-12-31T23:59:59.999999Z");
    CHECK(shown("1969-12-31T23:59:59.5Z") == "1969-12-31T23:59:59.5Z");
    for (const char* text :
         {"", "0000-01-01", "2025-02-29", "2025-13-01", "2025-1-1", "2025-01-01T", "2025-01-01T10", "2025-01-01T24:00",
          "2025-01-01T10:60", "2025-01-01T10:00:61", "2025-01-01T10:00:00.", "2025-01-01T10:00+24:00", "10000-01-01",
          "2025-01-01x", "2025-01-01 10:00 x", "2025-01-01T10:00ZZ", "1735689600"})
        CHECK(shown(text) == "none");
}

TEST_CASE("times in formats") {
    const auto shown = [](std::string_view text, std::string_view format, std::string_view zone = "") {
        const std::optional<Time> time = parse_time(text, format, zone);
        return time ? show_time(*time) : "none";
    };
    CHECK(shown("01/04/2010 07:05:10", "%m/%d/%Y %H:%M:%S") == "2010-01-04T07:05:10Z");
    CHECK(shown("1/4/2010 7:05:10", "%m/%d/%Y %H:%M:%S") == "2010-01-04T07:05:10Z");
    CHECK(shown("4-Mar-25 12:30 PM", "%d-%b-%y %I:%M %p") == "2025-03-04T12:30:00Z");
    CHECK(shown("4. March 2025 12:30 am", "%d. %B %Y %I:%M %p") == "2025-03-04T00:30:00Z");
    CHECK(shown("Tue, 04 Mar 2025 09:00:00 +0100", "%a, %d %b %Y %T %z") == "2025-03-04T08:00:00Z");
    CHECK(shown("20250304", "%Y%m%d", "Asia/Kolkata") == "2025-03-03T18:30:00Z");
    CHECK(shown("2025 063", "%Y %j") == "2025-03-04T00:00:00Z");
    CHECK(shown("1741046400.25", "%s") == "2025-03-04T00:00:00.25Z");
    CHECK(shown("2025-03-04 %", "%F %%") == "2025-03-04T00:00:00Z");
    for (const char* format : {"", "%", "%Q", "%Y-%m", "%H:%M", "%Y-%m-%d %H", "x"})
        CHECK(shown("2025-03-04", format) == "none");
}

TEST_CASE("numbers, spans, sizes, truth") {
    CHECK(parse_integer(" -42 ") == -42);
    CHECK(parse_integer("+7") == 7);
    CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    for (const char* text : {"", "4.0", "4x", "+-4", "0x10", "9223372036854775808"}) CHECK_FALSE(parse_integer(text));
    CHECK(parse_real("2.50") == 2.5);
    CHECK(parse_real("-1e3") == -1000.0);
    for (const char* text : {"", "nan", "inf", "1e999", "1,5", "2.5x"}) CHECK_FALSE(parse_real(text));
    CHECK(parse_duration("1h30m") == 90 * one_minute);
    CHECK(parse_duration("2w") == 14 * one_day);
    CHECK(parse_duration("-1d") == -one_day);
    for (const char* text : {"", "1", "h", "1y", "1h30", "99999999999999w", "-"}) CHECK_FALSE(parse_duration(text));
    CHECK(parse_size("100MB") == 100'000'000);
    CHECK(parse_size("12") == 12);
    CHECK(parse_size("1.5 GiB") == 1'610'612'736);
    CHECK(parse_size("0.1EB") == 100'000'000'000'000'000);
    for (const char* text : {"", "MB", "1.MB", "-1", "1 XB", "99EB"}) CHECK_FALSE(parse_size(text));
    CHECK(parse_time_of_day("08:00") == 8 * one_hour);
    CHECK(parse_time_of_day("8:00:30") == 8 * one_hour + 30 * one_second);
    for (const char* text : {"", "8", "24:00", "08:60", "08:00:60", "08:00:", "008:00"})
        CHECK_FALSE(parse_time_of_day(text));
    CHECK(parse_boolean("Yes") == true);
    CHECK(parse_boolean("0") == false);
    CHECK_FALSE(parse_boolean("maybe"));
}

TEST_CASE("values are shown the way the language writes them") {
    CHECK(show_duration(26 * one_hour) == "1d2h");
    CHECK(show_duration(90 * one_second) == "90s");
    CHECK(show_duration(0) == "0s");
    CHECK(show_duration(one_minute) == "1m");
    CHECK(show_duration(-one_hour) == "-1h");
    CHECK(show_duration(1'500'000) == "1s500ms");
    CHECK(show_size(150'000'000) == "150MB");
    CHECK(show_size(1'500'000'000) == "1.5GB");
    CHECK(show_size(12) == "12B");
    CHECK(show_size(16 << 20) == "16MiB");
    CHECK(show_size(-(std::int64_t{3} << 40)) == "-3TiB");
    CHECK(show_size(4096) == "4KiB");
    CHECK(show_size(1025 * 1024) == "1.0496MB");
    CHECK(show_size(128'000) == "128KB");
    CHECK(show_size(0) == "0B");
    CHECK(show_real(0.1) == "0.1");
    CHECK(show_real(-0.0) == "0");
    CHECK(show_real(1e14) == "100000000000000");
    CHECK(show_real(1e20) == "1e+20");
    CHECK(show_real(1e-7) == "0.0000001");
    CHECK(show_score(20) == "20");
    CHECK(show_score(100.0 / 3) == "33.333");
    CHECK(show_score(33.3340) == "33.334");
    CHECK(show_score(-0.0001) == "0");
    CHECK(show_time_of_day(8 * one_hour) == "08:00");
    for (const Duration duration : {Duration{1}, one_second, one_minute + 1, one_day * 400, never, beginning + 1})
        CHECK(parse_duration(show_duration(duration)) == duration);
    for (const std::int64_t size : {1L, 999L, 1000L, 1234567L, 9'007'199'254'740'993L})
        CHECK(parse_size(show_size(size)) == size);
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 123456789.125})
        CHECK(parse_real(show_real(value)) == value);
    CHECK_FALSE(show_time(never).empty());
    CHECK_FALSE(show_time(beginning).empty());
    CHECK_FALSE(show_duration(beginning).empty());
    CHECK_FALSE(show_size(std::numeric_limits<std::int64_t>::min()).empty());
}

TEST_CASE("hostile text is read to its end, by everything") {
    for (const std::string& text : hostile_texts()) {
        const std::string folded = fold(text);
        CHECK(fold(folded) == folded);
        CHECK(equal_folded(text, folded));
        CHECK(like(text, "*"));
        for (const std::string& other : {"a"s, "*"s, "\xff"s, text}) static_cast<void>(like(other, text));
        parse_ip(text);
        parse_network(text);
        parse_time(text, "");
        parse_time(text, text, "Europe/Berlin");
        parse_time("2025-01-01", text, text);
        parse_integer(text);
        parse_real(text);
        parse_duration(text);
        parse_size(text);
        parse_time_of_day(text);
        parse_boolean(text);
        show_ip(text);
        trimmed(text);
        edit_distance(text, "a");
    }
    CHECK(is_utf8("größe 😀"));
    for (const char* text : {"\xff", "\xc3", "\xc3(", "\xed\xa0\x80", "\xf4\x90\x80\x80", "aaaaaaaaaaaa\xf0\x9f\x98"})
        CHECK_FALSE(is_utf8(text));
}
