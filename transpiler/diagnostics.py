"""Every diagnostic: its code, meaning, cause and cure, and the one renderer.

Codes: LW0xx input and usage, LW1xx language not covered, LW2xx dependence and legality, LW3xx types,
LW4xx verification, LW5xx profitability, LW6xx output and staleness.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file. Lines from 1, columns from 0 (as in `ast`), end exclusive."""

    line: int
    col: int
    end_line: int
    end_col: int


NOWHERE = Span(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table: `meaning` is a short clause, `unlocks` says what the user can do."""

    code: str
    meaning: str
    cause: str
    unlocks: str


@dataclass(frozen=True, slots=True)
class Declined:
    """A refusal: what was refused, where, by which code, and why in the words of this very case.

    `unlocks` replaces the code's general advice where something more exact is known. `call`: where the
    region calls the function that `at` is in, or one that calls it, and so on.
    """

    at: Span
    code: str
    why: str
    unlocks: str | None = None
    call: Span | None = None


class CannotLower(Exception):
    """Carries a `Declined` out of a deep recursion; caught at the door of the stage that raises it.

    `needs`: the variable that would have to be a constant, or the path of the attribute that would have to be
    set. `branch`: the innermost side of an `if` that it is in, where which side runs is not known.
    """

    def __init__(self, declined: Declined, needs: object = None, branch: object = None) -> None:
        super().__init__(f"{declined.code}: {declined.why}")
        self.declined = declined
        self.needs = needs
        self.branch = branch


CODES: tuple[Code, ...] = (
    # one row a code, in order; a test finds codes that nothing returns
    Code("LW001", "file cannot be read", "The operating system refused to read the file.",
         "check that the file exists and is readable"),
    Code("LW002", "file is not text of its encoding", "The bytes do not decode by the encoding that the file declares (UTF-8 if none).",
         "declare the encoding in the first or second line (PEP 263)"),
    Code("LW003", "file is not valid Python", "The file does not parse on the running Python version.",
         "correct the syntax, or run loopwright with the Python version that the file is written for"),
    Code("LW004", "file is empty", "The file has no statements.", "nothing; there is nothing to compile"),
    Code("LW180", "code is not in a plain function", "Regions are taken from functions and methods; module and class "
         "level code, coroutines, what yields, and functions that another compiler translates are left alone.",
         "move the loop into a plain function, or the work between two `yield` into a loop of its own"),
    Code("LW101", "statement is not covered", "The compiler has no translation for this statement.",
         "move it out of the loop"),
    Code("LW102", "call is not covered", "The called function is neither a known numeric function nor "
         "a function of the same module that compiles.", "use a function of math or NumPy, or move the call out of the loop"),
    Code("LW103", "expression is not covered", "The compiler has no translation for this expression.",
         "write it with numbers, arrays and lists"),
    Code("LW104", "attribute is set", "The code assigns to an attribute or element that the kernel cannot hand back in one piece.",
         "work on a local name, and assign the attribute once after the loop"),
    Code("LW105", "function calls itself in a way that is not covered", "A function may call itself, but not "
         "through another function, nor with arguments of ever other types.",
         "put the functions together, or write the recursion as a loop"),
    Code("LW106", "random draw is not covered", "The stream of random numbers cannot be kept for this kind of draw.",
         "draw before the loop, into an array"),
    Code("LW107", "result has no kernel form", "What the code returns, or leaves to the code around it, is not made of numbers, arrays and "
         "lists alone, or differs in kind from path to path.", "return numbers, arrays and lists, of the same kind on all paths"),
    Code("LW108", "list or dict is not known by one name", "A list whose length or types change, and a dict, are held in memory that is made "
         "anew; it stands for them as long as one variable, and always the same, holds them.",
         "give it one name, which is not assigned anew, and change it by that name"),
    Code("LW109", "objects of one place cannot be told apart", "The code makes an object at a place where it made one before that is "
         "still in use.", "keep one object of the place at a time"),
    Code("LW110", "memory is shared", "Kernels keep copies of the arrays and rows that lists hold, and return arrays that share no memory. The "
         "code changes, keeps or returns one that an argument, a variable or a list may hold, too.",
         "put a copy into the list, or return one; where rows change, use an array"),
    Code("LW111", "code does not get past this", "For values of these types the code surely raises an exception there, or never ends.",
         "nothing, if that is meant; else correct it"),
    Code("LW203", "iterations depend on each other", "An iteration reads or overwrites what another iteration of the loop writes.",
         "nothing if it is a recurrence; else write to another array"),
    Code("LW204", "access is not understood", "An array that the loop writes is reached through another name, a called function, or an "
         "index that is no sum of loop variables and constants.", "index it by loop variables"),
    Code("LW205", "variable is carried", "A variable takes a value from one iteration to the next, or out of the loop.",
         "compute it from the loop variable"),
    Code("LW206", "float sum keeps its order", "Adding the terms in another order rounds differently.", "allow it with `--accuracy rtol=X`"),
    Code("LW207", "iterations have an order", "An iteration may end the loop or the kernel, or draws random numbers.",
         "make the loop free of it; index checks go where lengths are tied to the bounds of the loop"),
    Code("LW208", "too little work to share", "Starting threads would cost more than the loop.", "nothing"),
    Code("LW209", "sum keeps its order", "A loop adds floating-point numbers up and does something else, too, or reads the sums.",
         "move what else the loop does into a loop of its own"),
    Code("LW210", "functions are computed one by one", "A mathematical function is called in a loop whose iterations cannot be cut in a part "
         "before the call and a part after it, so that a library for vectors cannot compute several at once.",
         "compute the arguments of the function in a loop, or an array expression, of their own"),
    Code("LW211", "iterations are not cut in chunks", "A loop whose iterations are independent works on whole arrays, or hands a variable on.",
         "nothing; threads may share the loop as it stands"),
    Code("LW240", "temporary has no array type", "An array expression needs a temporary whose elements are not NumPy numbers.",
         "convert the list to an array first"),
    Code("LW241", "form of index arrays is not covered", "Index arrays stand apart from each other, beside a new axis, or are masks of "
         "several axes behind other indices.", "index in two steps"),
    Code("LW242", "order of a reduction is not known", "The result depends on the memory order of the operand, or on NumPy's order of complex "
         "numbers, and neither is known here.", "copy the operand with np.ascontiguousarray first"),
    Code("LW243", "array condition with `else: break`", "A `while` with an array expression as its condition leaves an outer loop in its else.",
         "compute the condition into a name"),
    Code("LW244", "list cannot have a buffer", "A list that grows may be known by another name, or holds lists.",
         "give the list one name, or use np.empty with the final size"),
    Code("LW245", "loops stay apart", "Fusing the loops would change the order of reads and writes.", "nothing; the loops are legal as they are"),
    Code("LW246", "array cannot have room to grow", "An array that a loop appends to is assigned or written to in another way, too, or kept under "
         "another name.", "collect the rows in a list, and make the array of it behind the loop"),
    Code("LW250", "loop has no array form", "NumPy has no element-wise form of a part of the loop that keeps Python's meaning and "
         "its errors.", "use another backend"),
    Code("LW251", "temporaries would be too large", "The array form needs an array with more axes than any that the loop works on.",
         "allow it with `vectorise{spread=1}`"),
    Code("LW252", "call stays a call", "A function is put in the place of its call only if it does not return inside a loop, and is short or "
         "called from one place.", "leave the loop with `break`, and return behind it"),
    Code("LW280", "two entries may be one", "The region rebinds an entry of a dict that may be another dict "
         "whose entry of the same name it uses.", "read the entry into a local name first"),
    Code("LW281", "value is perhaps not bound", "A name that the region may read is bound on some paths to it only.",
         "assign the name before the loop"),
    Code("LW282", "one name stands for two variables", "A function that the region calls reads a global (or outer) variable whose "
         "name is a local variable around the region.", "rename the local variable"),
    Code("LW301", "type of a name is unknown", "Neither an annotation nor a recording tells the type.",
         "annotate it, or record a workload with `loopwright trace`"),
    Code("LW302", "type depends on the path", "A value has one type on one path through the code, and another one on another path.",
         "give it one type on all paths"),
    Code("LW303", "array has no axes", "An array of rank 0 was seen or annotated.", "pass a number"),
    Code("LW304", "types do not fit the operation", "Python or NumPy has no such operation for these types, or a form of it that kernels do not follow.",
         "convert the value first"),
    Code("LW305", "type is not taken", "The value is known, but made of something else than numbers, arrays and lists of numbers.",
         "hand over its numbers as arrays or lists"),
    Code("LW306", "value has no machine form", "Strings, None, tuples and integers beyond 64 bits are not held by compiled kernels.",
         "keep them out of the loop"),
    Code("LW307", "operation has no machine form", "It works on whole arrays, or on types for which compiled kernels have no such operation.",
         "write it element by element, or use another dtype"),
    Code("LW308", "function has no machine form", "Compiled kernels have no exact counterpart of the function for these types.",
         "move the call out of the loop"),
    Code("LW309", "view has no machine form", "The slice, or the change of shape, cannot be expressed on contiguous memory.",
         "use constant steps, and contiguous arrays where the shape changes"),
    Code("LW310", "list grows", "No bound of the length of a list is known before the loop that appends to it.",
         "allocate it with its final length"),
    Code("LW311", "one array goes by two names", "Kernels change arrays that share no memory with others; in the recorded run these did in every call.",
         "read it by one name inside the loop"),
    Code("LW312", "array lies in memory in another order", "NumPy adds floating-point numbers along several axes in the order in which "
         "they lie in memory; kernels do it in that of C-contiguous arrays, which the recorded ones never were.",
         "copy the array in front of the loop with `np.ascontiguousarray`"),
    Code("LW401", "the rewrite gives another result", "A test input was found on which the candidate kernel and "
         "the original differ; the candidate was thrown away.", "nothing; the original stays"),
    Code("LW402", "the rewrite could not be verified", "Too few test inputs reached the kernel, or time ran out.",
         "record a workload with `loopwright trace`, or raise --time-limit"),
    Code("LW403", "the rewrite is not proved", "`--style inline` replaces code only where it is proved that the same comes out "
         "for every value that the annotations promise.",
         "leave `--style` out: the kernel is then guarded and the code stays; or annotate dtype, rank and shared lengths"),
    Code("LW404", "the check could not have failed", "Small faults put into the kernel went unnoticed by all inputs, so that "
         "no difference between the kernel and the original says little.",
         "record a workload with `loopwright trace`, so that inputs like yours are tried"),
    Code("LW501", "no variant is faster", "Every verified variant was measured and none beats the original.",
         "nothing; the original is fast enough here"),
    Code("LW502", "not run by the workload", "The recording never reached this region.",
         "record a workload that runs it"),
    Code("LW503", "cold in the workload", "The region takes too little of the recorded time to pay for a kernel, "
         "also of what is left of that time when the rest is faster.",
         "lower --min-share"),
    Code("LW504", "no backend can compile it", "Each available backend declined the program.",
         "install the missing backend, see `loopwright backends`"),
    Code("LW505", "time limit reached", "The time limit of the command ended before this region's turn.",
         "raise --time-limit"),
    Code("LW601", "kernel is stale", "The code that a kernel stands for was edited, or what it calls or imports; the code "
         "runs as it is written.", "run `loopwright optimize` again"),
    Code("LW602", "kernel file was edited", "A generated file differs from what was written.",
         "run `loopwright optimize` again, or `loopwright revert`"),
    Code("LW603", "kernel is missing", "A rewritten file refers to a kernel that is not there; the original code runs.",
         "run `loopwright optimize` again, or `loopwright revert`"),
    Code("LW604", "code shares its row", "The call of a kernel goes before the code, on a row of its own.",
         "put the statement on rows of its own"),
    Code("LW605", "function looks at its own variables", "The call of a kernel adds a local variable, which `locals` and the "
         "like would show.", "move the loop into a function of its own"),
    Code("LW606", "insertion could not be taken back", "The rewritten file did not revert to the same bytes; it was not written. "
         "Lone carriage returns among other line ends do that, and tabs before spaces.",
         "write line ends and indentation in one way; otherwise please report it with the file"),
    Code("LW607", "file cannot be edited", "LibCST, by which files are edited, does not parse the file or does not give "
         "back all its bytes, although it is valid Python.",
         "write the named place in a plainer way: no row that begins with a continued empty row, no expression "
         "of hundreds of operators"),
    Code("LW608", "value cannot be handed over", "A kernel takes and gives numbers, arrays, lists of numbers and generators.",
         "pass the parts of the value one by one"),
    Code("LW609", "a global cannot be asked for", "A global that the kernel reads may not be bound when the function is called, and "
         "`globals`, by which the call of the kernel would ask for it, may be another function.",
         "bind the global in front of the function, or import by names instead of `*`"),
    Code("LW510", "a tool of the backend is missing", "The backend needs a package, a compiler or headers that this "
         "machine lacks.", "install what is named, or choose another backend with --backend"),
    Code("LW511", "the compiler refused the kernel", "Cython or the C compiler failed on the generated module.",
         "choose another backend with --backend"),
    Code("LW506", "runs inside another kernel", "The functions that call this one were compiled together with it, "
         "and the recorded run spent no time in it elsewhere.",
         "nothing; the time is saved where it was spent"),
    Code("LW901", "internal error", "A defect of loopwright; the region was left as it is.",
         "please report it with the text shown"),
)  # fmt: skip

_ROWS = {row.code: row for row in CODES}


def code_row(code: str) -> Code:
    """The row of one code; KeyError if there is none."""
    return _ROWS[code]
