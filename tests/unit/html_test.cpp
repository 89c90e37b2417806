// What comes from data is text on a page, never markup.
#include "desk/html.hpp"

#include <catch2/catch.hpp>

using watchword::desk::escaped;

TEST_CASE("nothing escapes from text or from an attribute") {
    CHECK(escaped("<script>alert('x')</script>") == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    CHECK(escaped("\" onload=\"x & y") == "&quot; onload=&quot;x &amp; y");
    CHECK(escaped(std::string_view{"a\0b\nc\x7f", 6}) == "a b c ");
    CHECK(escaped("") == "");
}

TEST_CASE("what is not UTF-8 is replaced, what is stays") {
    CHECK(escaped("Zoë 🙂") == "Zoë 🙂");
    CHECK(escaped("a\xFF") == "a\xEF\xBF\xBD");
    CHECK(escaped("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(escaped("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(escaped("\xED\xA0\x80<") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD&lt;");
}
