// SPDX-License-Identifier: MIT
/// @file
/// A side that is given one wrong value, to see that the benchmark fails.
#pragma once

#include "disk/side.hpp"

#include <memory>
#include <utility>

namespace bench {

/// Gives its side one wrong value, in the first such write, or the first such load.
class liar final : public side {
public:
    enum class about : unsigned char { insert, update_all, update_one, erase, load, whatever_comes_first };

    liar(std::unique_ptr<side> real, about what, expected_rows& rows)
        : real_(std::move(real)), about_(what), rows_(rows) {}

    [[nodiscard]] const char* name() const override { return real_->name(); }
    [[nodiscard]] const std::string& path() const override { return real_->path(); }
    void open() override { real_->open(); }
    void close() override { real_->close(); }

    /// No later write may put right what is wrong.
    [[nodiscard]] double write(operation what, std::span<const change> changes) override {
        if (!is_about(static_cast<about>(what))) return real_->write(what, changes);
        std::vector<change> given(changes.begin(), changes.end());
        rows_.leave_alone(given[0].id);
        character wrong = *given[0].row;
        wrong.gold += 1;
        given[0].row = &wrong;
        if (what == operation::erase) given[0] = rows_.spare();
        return real_->write(what, given);
    }
    [[nodiscard]] double load(row_check& check) override {
        if (is_about(about::load)) check.lie();
        return real_->load(check);
    }

    [[nodiscard]] bool has_lied() const noexcept { return lied_; }

private:
    static_assert(static_cast<int>(about::erase) == static_cast<int>(operation::erase));

    [[nodiscard]] bool is_about(about what) noexcept {
        const bool now = !lied_ && (about_ == what || about_ == about::whatever_comes_first);
        lied_ = lied_ || now;
        return now;
    }

    std::unique_ptr<side> real_;
    about about_;
    expected_rows& rows_;
    bool lied_ = false;
};

} // namespace bench
