// SPDX-License-Identifier: MIT
/// @file
/// Comma-separated values as RFC 4180 has them: records of fields, quoted where they hold a comma, a quote or a line
/// end. Lines may end in LF or CR LF; a BOM at the front is skipped. (Sixty lines of our own: of the libraries that
/// distributions carry, none reads quoted line ends in a header of its own without a dependency more.)
#pragma once

#include <holdfast/core/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::csv {

/// Walks the records of a text, one after the other. Lifetime: of the text.
class reader {
public:
    explicit reader(std::string_view text) noexcept : rest_(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text) {}

    /// Whether nothing more comes.
    [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
    /// The line, from 1 on, at which the last record began.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

    /// Reads the next record into `fields`, in place of what they held.
    /// Errors: `refused`: a quote that is not closed, or something behind a closing one; with the line.
    [[nodiscard]] result<void> next(std::vector<std::string>& fields) {
        fields.clear();
        line_ = next_line_;
        for (;;) {
            std::string& field = fields.emplace_back();
            if (rest_.starts_with('"')) {
                if (auto ok = quoted(field); !ok) return ok;
            } else {
                const std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
                field = rest_.substr(0, end);
                rest_.remove_prefix(end);
                if ((rest_.empty() || rest_.front() == '\n') && field.ends_with('\r')) field.pop_back();
            }
            if (rest_.empty()) return {};
            const char behind = rest_.front();
            rest_.remove_prefix(1);
            if (behind == ',') continue;
            if (behind == '\r' && rest_.starts_with('\n')) rest_.remove_prefix(1);
            ++next_line_;
            return {};
        }
    }

private:
    [[nodiscard]] error wrong(const char* what) const {
        return {errc::refused, "line " + std::to_string(line_) + ": " + what};
    }
    /// A field in quotes; a quote in it stands twice.
    [[nodiscard]] result<void> quoted(std::string& field) {
        rest_.remove_prefix(1);
        for (;;) {
            const std::size_t end = rest_.find('"');
            if (end == std::string_view::npos) return wrong("a quote is not closed");
            for (const char c : rest_.substr(0, end)) next_line_ += c == '\n' ? 1 : 0;
            field += rest_.substr(0, end);
            rest_.remove_prefix(end + 1);
            if (!rest_.starts_with('"')) break;
            field += '"';
            rest_.remove_prefix(1);
        }
        if (rest_.empty() || rest_.front() == ',' || rest_.front() == '\n' || rest_.starts_with("\r\n")) return {};
        return wrong("something stands behind a closing quote");
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    std::size_t next_line_ = 1;
};

} // namespace holdfast::csv
