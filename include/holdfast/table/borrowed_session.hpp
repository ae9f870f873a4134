// SPDX-License-Identifier: MIT
/// @file
/// Transactions for tables that are in no store.
#pragma once

#include <holdfast/table/table_base.hpp>

namespace holdfast {

/// See the file's sentence: a session of its own for a table, and for all that are tied to it by references, unless
/// they have one.
class table_base::borrowed_session {
public:
    explicit borrowed_session(table_base& of) {
        if (of.session_ != nullptr) return;
        own_.transaction = of.detached_tick_++; // indexes tell transactions apart by their numbers
        own_.log.owner = this;
        own_.log.refill = [](write_cursor& cursor, std::size_t bytes) {
            auto& room = static_cast<borrowed_session*>(cursor.owner)->room_;
            room.resize(std::max(room.size(), bytes));
            cursor.at = room.data();
            cursor.end = room.data() + room.size();
        };
        lend_to(of);
        for (std::size_t i = 0; i < lent_.size(); ++i) {
            for (const child_link& child : lent_[i]->children_) lend_to(*child.table);
            for (const parent_link& parent : lent_[i]->parents_)
                if (parent.table != nullptr) lend_to(*parent.table);
        }
        for (table_base* table : lent_) table->session_ = &own_;
    }
    borrowed_session(const borrowed_session&) = delete;
    borrowed_session& operator=(const borrowed_session&) = delete;
    ~borrowed_session() {
        for (table_base* table : lent_) table->session_ = nullptr;
    }

private:
    void lend_to(table_base& table) {
        if (std::find(lent_.begin(), lent_.end(), &table) == lent_.end()) lent_.push_back(&table);
    }

    edit_session own_{};
    std::vector<std::byte> room_{};
    std::vector<table_base*> lent_{};
};

} // namespace holdfast
