// SPDX-License-Identifier: MIT
/// @file
/// That the database cannot become what memory is by what the log has: somebody else has written to it, or the log cannot
/// be read. Memory is what is true, and everything is written anew.
#pragma once

#include <holdfast/store/back_off.hpp>
#include <holdfast/store/resync_request.hpp>

namespace holdfast {

/// See the file's sentence. Threads: whoever holds the saver's lock.
class divergence {
public:
    /// It was met. A resync is asked for, less and less often while that does not help.
    /// @param again  The last one is of no use, although it is not written yet.
    [[gnu::cold]] void met(resync_request& resync, bool again = false) {
        if ((number_ != 0 && !again) || pause_.resting(0)) return;
        number_ = resync.ask();
        pause_.failed(0);
    }
    /// A batch was written, perhaps such a resync.
    void wrote(bool resync) noexcept {
        if (resync) number_ = 0;
        if (number_ == 0 && !pause_.resting(0)) pause_.worked();
    }
    /// The resync that was asked for because of it, until it is written; 0: none.
    [[nodiscard]] std::uint32_t resync() const noexcept { return number_; }

private:
    std::uint32_t number_ = 0;
    back_off pause_;
};

} // namespace holdfast
