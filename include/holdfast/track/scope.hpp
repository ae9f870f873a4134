// SPDX-License-Identifier: MIT
/// @file
/// A transaction while it is open: taken back unless it is kept.
#pragma once

#include <holdfast/core/result.hpp>
#include <holdfast/track/edit_session.hpp>

namespace holdfast {

/// Everything that is changed while a scope lives is taken back at its end, in memory and in the open frame, unless
/// `keep` was called. Inside another one it is a savepoint. Rollback allocates nothing and cannot fail.
///
/// Threads: the one that edits. Cost: some stores, and 64 bytes for each change made meanwhile;
/// `keep` does what these left undone of the growth of indexes.
class scope {
public:
    explicit scope(edit_session& of) noexcept : session_(&of), steps_(of.undo.size()), later_(of.later.size()) {
        if (of.log.mark != nullptr) position_ = of.log.mark(of.log);
        of.begin_transaction();
    }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    ~scope() {
        if (session_ == nullptr) return;
        session_->undo.undo_to(steps_);
        session_->later.erase(session_->later.begin() + static_cast<std::ptrdiff_t>(later_), session_->later.end());
        if (session_->log.cut != nullptr) session_->log.cut(session_->log, position_);
        session_->end_transaction();
    }

    /// Looks again at what was put off to the end of the outermost transaction. `reference`: a row refers to one that
    /// is not there.
    [[nodiscard]] result<void> check() const {
        if (session_->transactions != 1) return {};
        for (const undo_log::later_check& one : session_->later)
            if (auto ok = one.target->check_later(one.slot, one.reference); !ok) return ok;
        return {};
    }

    /// The changes stay: for good when this is the outermost one.
    void keep() noexcept {
        session_->end_transaction();
        if (session_->transactions == 0) {
            session_->undo.keep_all();
            session_->later.clear();
        }
        session_ = nullptr;
    }

private:
    edit_session* session_;
    std::size_t steps_;
    std::size_t later_;
    log_position position_{};
};

} // namespace holdfast
