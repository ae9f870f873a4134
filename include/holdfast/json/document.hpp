// SPDX-License-Identifier: MIT
/// @file
/// JSON text from outside, checked as a whole before anything is read from it.
#pragma once

#include <holdfast/core/result.hpp>
#include <holdfast/json/limits.hpp>

#include <algorithm>
#include <new>
#include <string_view>

#include <simdjson.h>

namespace holdfast::as_json::detail {

/// A thread's parser keeps the memory that a text of this length took.
inline constexpr std::size_t kept_bytes = std::size_t{1} << 20;

/// The thread's parser, or one of its own: for a long text, and while the thread's is in use further out.
class parser_lease {
public:
    explicit parser_lease(std::size_t text_bytes) noexcept
        : lent_(text_bytes <= kept_bytes && !this_threads().is_lent) {
        if (lent_) this_threads().is_lent = true;
    }
    parser_lease(const parser_lease&) = delete;
    parser_lease& operator=(const parser_lease&) = delete;
    ~parser_lease() {
        if (lent_) this_threads().is_lent = false;
    }
    [[nodiscard]] simdjson::dom::parser& parser() noexcept { return lent_ ? this_threads().parser : own_; }

private:
    struct shared_parser {
        simdjson::dom::parser parser;
        bool is_lent = false;
    };
    [[nodiscard]] static shared_parser& this_threads() noexcept {
        static thread_local shared_parser only;
        return only;
    }

    simdjson::dom::parser own_;
    bool lent_;
};

template <class Code> [[nodiscard]] constexpr bool is_too_big_integer(Code code) noexcept {
    if constexpr (requires { Code::BIGINT_ERROR; }) // a code of later versions
        return code == Code::BIGINT_ERROR;
    else
        return false;
}

/// In our own words: simdjson's codes and sentences differ between its versions.
[[nodiscard]] inline error syntax_error(simdjson::error_code code, const limits& within) {
    if (is_too_big_integer(code)) code = simdjson::NUMBER_ERROR;
    switch (code) {
    case simdjson::MEMALLOC:
#if HOLDFAST_EXCEPTIONS
        throw std::bad_alloc();
#else
        return {errc::refused, "no memory for so long a text"};
#endif
    case simdjson::CAPACITY: return {errc::refused, "the text is longer than 4 GiB"};
    case simdjson::DEPTH_ERROR:
        return {errc::refused, "the text is nested deeper than " + std::to_string(within.depth)};
    case simdjson::EMPTY: return {errc::refused, "the text is empty"};
    case simdjson::UTF8_ERROR: return {errc::refused, "the text is not JSON: not valid UTF-8"};
    case simdjson::NUMBER_ERROR:
        return {errc::refused, "the text is not JSON: a number is malformed, or an integer needs more than 64 bits"};
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return {errc::refused, "the text is not JSON: a string is malformed"};
    default: return {errc::refused, "the text is not JSON"};
    }
}

/// Whether the bytes behind the text may be read, as many as SIMDJSON_PADDING.
enum class padding : bool { absent, present };

/// Checks the whole text. Lifetime: the element is the parser's, and gone with its next text.
[[nodiscard]] inline result<simdjson::dom::element> parse(simdjson::dom::parser& parser, std::string_view text,
                                                          const limits& within, padding behind = padding::absent) {
    if (text.size() > within.bytes)
        return error{errc::refused, "the text is longer than " + std::to_string(within.bytes) + " bytes"};
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    // Later versions of simdjson pass over a second mark, too.
    if (text.starts_with("\xEF\xBB\xBF")) return error{errc::refused, "the text is not JSON: two byte order marks"};
    if (text.empty()) return syntax_error(simdjson::EMPTY, within); // its data() may be null
    // Room for what the limit allows, but no text is deeper than it is long.
    const std::size_t deepest = std::min(within.depth, text.size()) + 2;
    if (deepest > parser.max_depth())
        if (const auto code = parser.allocate(std::max(parser.capacity(), text.size()), deepest))
            return syntax_error(code, within);
    simdjson::dom::element root;
    if (const auto code = parser.parse(text.data(), text.size(), behind == padding::absent).get(root))
        return syntax_error(code, within);
    return root;
}

} // namespace holdfast::as_json::detail
