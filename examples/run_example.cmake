# SPDX-License-Identifier: MIT
# cmake -Dprogram=... -Darguments=... -Dexpected=... -Dinput=... -Ddirectory=... -P run_example.cmake
# Runs `program` in `directory`, emptied first; fails when it fails or prints something else than `expected`.

file(REMOVE_RECURSE "${directory}")
file(MAKE_DIRECTORY "${directory}")

if(expected)
    set(printed "${directory}.stdout")
    set(capture OUTPUT_FILE "${printed}")
endif()
if(input)
    set(feed INPUT_FILE "${input}")
endif()
execute_process(COMMAND "${program}" ${arguments} WORKING_DIRECTORY "${directory}"
    RESULT_VARIABLE status ${feed} ${capture})
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${program} ended with ${status}")
endif()

if(expected)
    execute_process(COMMAND diff -u "${expected}" "${printed}" RESULT_VARIABLE differs)
    if(NOT differs EQUAL 0)
        message(FATAL_ERROR "${program} printed something else than ${expected} says")
    endif()
endif()
