!> Bimetal for solvers in Fortran: the functions of bimetal/bimetal.h under the same names and in the same order of
!> arguments. docs/library.md is the guide; bimetal.h says at length what the short comments here repeat.
!>
!> Conventions:
!> - Every subroutine has a last, optional argument status, which becomes one of the constants bimetal_ok and so on.
!>   bimetal_last_error() then says what went wrong. Without it a failure ends the whole job with that sentence.
!> - "Collective": every rank of the communicator calls it, in the same order; all of them get the same status.
!>   "Local": one rank calls it and waits for nobody.
!> - Tables of rows have the shape (width, n): the numbers of a row lie side by side. They are handed on without a copy
!>   if they are contiguous in memory; of others, such as a section without its halo, the compiler makes a copy.
!> - Texts may end with blanks, which are left out.
!> - An assignment of a bimetal_hybrid copies the handle, not what it stands for. bimetal_destroy() is called once.
!> - The kinds of the arguments are those of iso_c_binding, and are exported from here.
module bimetal
  use, intrinsic :: iso_c_binding, only: c_associated, c_char, c_double, c_f_pointer, c_float, c_funloc, c_funptr, &
      c_int, c_int8_t, c_int32_t, c_int64_t, c_loc, c_null_char, c_null_ptr, c_ptr, c_size_t
  use, intrinsic :: ieee_arithmetic, only: ieee_negative_inf, ieee_positive_inf, ieee_value
  implicit none
  private

  public :: c_double, c_int, c_int8_t, c_int32_t, c_int64_t, c_ptr
  public :: bimetal_abi_version, bimetal_version, bimetal_last_error, bimetal_last_physics_code
  public :: bimetal_create, bimetal_destroy
  public :: bimetal_add_input, bimetal_add_output, bimetal_bound_output, bimetal_add_invariant, bimetal_set_fingerprint
  public :: bimetal_reference, bimetal_set_reference, bimetal_row_reference, bimetal_set_row_reference
  public :: bimetal_explain_failure, bimetal_law, bimetal_add_law
  public :: bimetal_set_option, bimetal_read_options
  public :: bimetal_start, bimetal_solve, bimetal_solve_iteration
  public :: bimetal_report, bimetal_report_number, bimetal_print_summary
  public :: bimetal_save, bimetal_restore, bimetal_get_state, bimetal_set_state, bimetal_save_model

  !> How a call ended: BIMETAL_BAD_INPUT is a wrong argument, option or file, BIMETAL_PHYSICS_FAILED a row that the
  !> reference could not solve.
  integer(c_int), parameter, public :: bimetal_ok = 0, bimetal_failed = 1, bimetal_bad_input = 2, &
                                       bimetal_physics_failed = 3
  !> Who answered a row. Audit: the surrogate would have; the reference did, to check it.
  integer(c_int8_t), parameter, public :: bimetal_by_reference = 1_c_int8_t, bimetal_by_surrogate = 2_c_int8_t, &
                                          bimetal_by_audit = 3_c_int8_t
  !> Which batch of an iteration this is.
  integer(c_int), parameter, public :: bimetal_first = 1, bimetal_next = 2

  !> The version of bimetal.h that this file was written for.
  integer(c_int), parameter :: abi_version = 1
  !> What solve_rows() is told where there is no iteration.
  integer(c_int), parameter :: no_iteration = 0

  !> What the module itself knows of a hybrid.
  type :: description
    integer :: n_inputs = 0
    integer :: n_outputs = 0
    procedure(bimetal_row_reference), pointer, nopass :: answer => null()
  end type

  !> A kind of sub-problem, from bimetal_start() on with its surrogate.
  type, public :: bimetal_hybrid
    private
    type(c_ptr) :: handle = c_null_ptr
    type(description), pointer :: rows => null()
  end type

  abstract interface
    !> The expensive function, for n rows. Local: it must not communicate, for rows are moved between ranks, and any
    !> rank may be asked about any row. The answer to a row must depend on the row alone.
    !> context: as given to bimetal_set_reference(). in: n_inputs numbers a row, row behind row. out: n_outputs numbers
    !> a row. failed: (n), all 0; a row that cannot be solved gets a code of the caller's own other than 0.
    !> Returns 0, or a code other than 0 if none of these rows could be solved.
    !> Where n is not 1, in and out are best handed on to a procedure that declares them as in(n_inputs, n) and
    !> out(n_outputs, n).
    function bimetal_reference(context, n, in, out, failed) bind(c) result(code)
      import :: c_double, c_int, c_int32_t, c_int64_t, c_ptr
      type(c_ptr), value :: context
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: in(*)
      real(c_double), intent(inout) :: out(*)
      integer(c_int32_t), intent(inout) :: failed(*)
      integer(c_int) :: code
    end function

    !> The expensive function for one row, in plain Fortran. Local, with the same duties.
    !> in: (n_inputs). out: (n_outputs). failed: 0, or a code of the caller's own if the row cannot be solved.
    subroutine bimetal_row_reference(in, out, failed)
      import :: c_double, c_int
      real(c_double), intent(in) :: in(:)
      real(c_double), intent(out) :: out(:)
      integer(c_int), intent(out) :: failed
    end subroutine

    !> A law that no answer may break: 0 if the answer out (n_outputs) to in (n_inputs) may be committed, else not, and
    !> the reference answers the row. It may repair out. Local.
    function bimetal_law(context, in, out) bind(c) result(verdict)
      import :: c_double, c_int, c_ptr
      type(c_ptr), value :: context
      real(c_double), intent(in) :: in(*)
      real(c_double), intent(inout) :: out(*)
      integer(c_int) :: verdict
    end function
  end interface

  !> Sets one option by its name; docs/library.md lists them. value: a text in the form that it has in YAML, a real, an
  !> integer or a logical. It is checked by bimetal_start(). Local.
  interface bimetal_set_option
    module procedure set_option_text, set_option_double, set_option_float, set_option_int, set_option_int64, &
                     set_option_logical
  end interface

  !> Answers this rank's rows of a step: call bimetal_solve(hybrid, step, in, out [, id, answered_by, status]).
  !> Collective; the number of rows may differ between ranks and steps, and may be 0.
  !> step: counts up from 0 over the run; alike on all ranks.
  !> in: (n_inputs, n), or (n_inputs, nx, ny) or (n_inputs, nx, ny, nz) for the cells of a grid; finite.
  !> out: (n_outputs, n) and so on, not the array that in is; a row that could not be solved gets the inputs that it
  !> continues, or zeros.
  !> id: (n), or (nx, ny) and so on; int64; numbers of the rows in the whole problem, each used once, the same ones in
  !> every step. With them any number of ranks audits the same rows. Without them rows are numbered through, rank behind
  !> rank.
  !> answered_by: the shape of id; int8; who answered every row.
  !> BIMETAL_PHYSICS_FAILED: at least one row on some rank could not be solved; the others are answered, and the hybrid
  !> can be used on.
  interface bimetal_solve
    module procedure solve_1d, solve_2d, solve_3d
  end interface

  !> bimetal_solve() for an implicit solver, which asks for the same rows in the same order until they fit together:
  !> call bimetal_solve_iteration(hybrid, iterate, step, in, out [, id, answered_by, status]) with bimetal_first in the
  !> first batch of a step and bimetal_next in the others. Collective.
  interface bimetal_solve_iteration
    module procedure iterate_1d, iterate_2d, iterate_3d
  end interface

  interface
    !> The version of the interface that the library was built with. Local.
    function bimetal_abi_version() bind(c) result(version)
      import :: c_int
      integer(c_int) :: version
    end function

    !> The code that the reference gave to the row that bimetal_last_error() names; 0 if no reference failed. Local.
    function bimetal_last_physics_code() bind(c) result(code)
      import :: c_int
      integer(c_int) :: code
    end function
  end interface

  ! The functions of bimetal.h whose arguments need to be translated.
  interface
    function c_version() bind(c, name='bimetal_version') result(text)
      import :: c_ptr
      type(c_ptr) :: text
    end function

    function c_last_error() bind(c, name='bimetal_last_error') result(text)
      import :: c_ptr
      type(c_ptr) :: text
    end function

    function c_create(kind, hybrid) bind(c, name='bimetal_create') result(code)
      import :: c_char, c_int, c_ptr
      character(kind=c_char), intent(in) :: kind(*)
      type(c_ptr), intent(out) :: hybrid
      integer(c_int) :: code
    end function

    subroutine c_destroy(hybrid) bind(c, name='bimetal_destroy')
      import :: c_ptr
      type(c_ptr), intent(inout) :: hybrid
    end subroutine

    function c_add_input(hybrid, name, unit, scale, nature) bind(c, name='bimetal_add_input') result(code)
      import :: c_char, c_double, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: name(*), unit(*), nature(*)
      real(c_double), value :: scale
      integer(c_int) :: code
    end function

    function c_add_output(hybrid, name, unit, scale, continues) bind(c, name='bimetal_add_output') result(code)
      import :: c_char, c_double, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: name(*), unit(*), continues(*)
      real(c_double), value :: scale
      integer(c_int) :: code
    end function

    function c_bound_output(hybrid, name, lower, upper) bind(c, name='bimetal_bound_output') result(code)
      import :: c_char, c_double, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: name(*)
      real(c_double), value :: lower, upper
      integer(c_int) :: code
    end function

    function c_add_invariant(hybrid, coefficients, n_outputs) bind(c, name='bimetal_add_invariant') result(code)
      import :: c_double, c_int, c_int32_t, c_ptr
      type(c_ptr), value :: hybrid
      real(c_double), intent(in) :: coefficients(*)
      integer(c_int32_t), value :: n_outputs
      integer(c_int) :: code
    end function

    function c_set_fingerprint(hybrid, text) bind(c, name='bimetal_set_fingerprint') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: text(*)
      integer(c_int) :: code
    end function

    function c_set_reference(hybrid, reference, context, rows_per_call) &
        bind(c, name='bimetal_set_reference') result(code)
      import :: c_funptr, c_int, c_int64_t, c_ptr
      type(c_ptr), value :: hybrid, context
      type(c_funptr), value :: reference
      integer(c_int64_t), value :: rows_per_call
      integer(c_int) :: code
    end function

    subroutine c_explain_failure(why) bind(c, name='bimetal_explain_failure')
      import :: c_char
      character(kind=c_char), intent(in) :: why(*)
    end subroutine

    function c_add_law(hybrid, name, law, context) bind(c, name='bimetal_add_law') result(code)
      import :: c_char, c_funptr, c_int, c_ptr
      type(c_ptr), value :: hybrid, context
      character(kind=c_char), intent(in) :: name(*)
      type(c_funptr), value :: law
      integer(c_int) :: code
    end function

    function c_set_option(hybrid, key, value) bind(c, name='bimetal_set_option') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: key(*), value(*)
      integer(c_int) :: code
    end function

    function c_read_options(hybrid, path) bind(c, name='bimetal_read_options') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int) :: code
    end function

    function c_start(hybrid, communicator) bind(c, name='bimetal_start_fortran') result(code)
      import :: c_int, c_int32_t, c_ptr
      type(c_ptr), value :: hybrid
      integer(c_int32_t), value :: communicator
      integer(c_int) :: code
    end function

    function c_solve(hybrid, step, n, id, in, out, answered_by) bind(c, name='bimetal_solve') result(code)
      import :: c_double, c_int, c_int64_t, c_ptr
      type(c_ptr), value :: hybrid, id, answered_by
      integer(c_int64_t), value :: step, n
      real(c_double), intent(in) :: in(*)
      real(c_double), intent(inout) :: out(*)
      integer(c_int) :: code
    end function

    function c_solve_iteration(hybrid, iterate, step, n, id, in, out, answered_by) &
        bind(c, name='bimetal_solve_iteration') result(code)
      import :: c_double, c_int, c_int64_t, c_ptr
      type(c_ptr), value :: hybrid, id, answered_by
      integer(c_int), value :: iterate
      integer(c_int64_t), value :: step, n
      real(c_double), intent(in) :: in(*)
      real(c_double), intent(inout) :: out(*)
      integer(c_int) :: code
    end function

    function c_report(hybrid, json) bind(c, name='bimetal_report') result(code)
      import :: c_int, c_ptr
      type(c_ptr), value :: hybrid
      type(c_ptr), intent(out) :: json
      integer(c_int) :: code
    end function

    function c_report_number(hybrid, path, value) bind(c, name='bimetal_report_number') result(code)
      import :: c_char, c_double, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: path(*)
      real(c_double), intent(inout) :: value
      integer(c_int) :: code
    end function

    function c_print_summary(hybrid) bind(c, name='bimetal_print_summary') result(code)
      import :: c_int, c_ptr
      type(c_ptr), value :: hybrid
      integer(c_int) :: code
    end function

    function c_save(hybrid, path) bind(c, name='bimetal_save') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int) :: code
    end function

    function c_restore(hybrid, path) bind(c, name='bimetal_restore') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int) :: code
    end function

    function c_get_state(hybrid, state, n_bytes) bind(c, name='bimetal_get_state') result(code)
      import :: c_int, c_ptr, c_size_t
      type(c_ptr), value :: hybrid
      type(c_ptr), intent(out) :: state
      integer(c_size_t), intent(out) :: n_bytes
      integer(c_int) :: code
    end function

    function c_set_state(hybrid, state, n_bytes) bind(c, name='bimetal_set_state') result(code)
      import :: c_int, c_int8_t, c_ptr, c_size_t
      type(c_ptr), value :: hybrid
      integer(c_int8_t), intent(in) :: state(*)
      integer(c_size_t), value :: n_bytes
      integer(c_int) :: code
    end function

    function c_save_model(hybrid, path) bind(c, name='bimetal_save_model') result(code)
      import :: c_char, c_int, c_ptr
      type(c_ptr), value :: hybrid
      character(kind=c_char), intent(in) :: path(*)
      integer(c_int) :: code
    end function

    function c_strlen(text) bind(c, name='strlen') result(length)
      import :: c_ptr, c_size_t
      type(c_ptr), value :: text
      integer(c_size_t) :: length
    end function
  end interface

  !> What this module, and not the library, objected to in the last call that failed; else blank. Each thread has its
  !> own where this file is compiled with OpenMP.
  character(len=512), save :: own_error = ''
  !$omp threadprivate(own_error)

contains

  ! ------------------------------------------------------------------------------------------- versions and errors

  !> "0.1.0 (commit)". Local.
  function bimetal_version() result(version)
    character(len=:), allocatable :: version
    version = fortran_text(c_version())
  end function

  !> Why the last call of this thread that failed did. Empty before the first. Local.
  function bimetal_last_error() result(sentence)
    character(len=:), allocatable :: sentence
    if (own_error == '') then
      sentence = fortran_text(c_last_error())
    else
      sentence = trim(own_error)
    end if
  end function

  ! ------------------------------------------------------------------------------------------------------- a handle

  !> Makes a handle for a kind of sub-problem of this name, still without columns. Local.
  !> kind: what model files and messages call it. hybrid: out.
  subroutine bimetal_create(kind, hybrid, status)
    character(len=*), intent(in) :: kind
    type(bimetal_hybrid), intent(out) :: hybrid
    integer(c_int), intent(out), optional :: status
    integer(c_int) :: code

    if (bimetal_abi_version() /= abi_version) then
      write (own_error, '(a, i0, a, i0, a)') 'bimetal.f90 was written for version ', abi_version, &
          ' of the interface, and this library has version ', bimetal_abi_version(), &
          '; compile the bimetal.f90 that comes with the library, and your program, again'
      call conclude(bimetal_bad_input, status)
      return
    end if
    code = c_create(c_text(kind), hybrid%handle)
    if (code == bimetal_ok) allocate (hybrid%rows)
    call library_says(code, status)
  end subroutine

  !> Frees a handle; one that was not created, or is freed already, is left alone. Collective if it was started, else
  !> Local. Not after MPI_Finalize().
  subroutine bimetal_destroy(hybrid)
    type(bimetal_hybrid), intent(inout) :: hybrid
    call c_destroy(hybrid%handle)
    if (associated(hybrid%rows)) deallocate (hybrid%rows)
  end subroutine

  ! ------------------------------------------------------------------------------- the rows; before bimetal_start()

  !> Adds a column to the rows that are asked, or one for every element of arrays. Local.
  !> name, unit: for messages, reports and model files; a name is used once.
  !> scale: what counts as an error of 1 in this quantity [unit], > 0; typically its range in the run.
  !> nature: how the surrogate looks at it: 'plain', which is the default, 'temperature' (> 0), 'mass_fraction' (in
  !> [0, 1]) or 'positive' (compared by ratios: a pressure, a time step, a concentration over decades).
  impure elemental subroutine bimetal_add_input(hybrid, name, unit, scale, nature, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: name, unit
    real(c_double), intent(in) :: scale
    character(len=*), intent(in), optional :: nature
    integer(c_int), intent(out), optional :: status
    integer(c_int) :: code
    if (present(nature)) then
      code = c_add_input(hybrid%handle, c_text(name), c_text(unit), scale, c_text(nature))
    else
      code = c_add_input(hybrid%handle, c_text(name), c_text(unit), scale, c_text('plain'))
    end if
    if (code == bimetal_ok) hybrid%rows%n_inputs = hybrid%rows%n_inputs + 1
    call library_says(code, status)
  end subroutine

  !> Adds a column to the answers, or one for every element of arrays. Local.
  !> scale: an answer is wrong if it is off by more than switching.tolerance times this [unit], > 0.
  !> continues: the input that this is the new value of, added before; without it a quantity of its own, such as a flux.
  !> A surrogate learns the difference.
  !> lower, upper: as in bimetal_bound_output().
  impure elemental subroutine bimetal_add_output(hybrid, name, unit, scale, continues, lower, upper, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: name, unit
    real(c_double), intent(in) :: scale
    character(len=*), intent(in), optional :: continues
    real(c_double), intent(in), optional :: lower, upper
    integer(c_int), intent(out), optional :: status
    integer(c_int) :: code
    if (present(continues)) then
      code = c_add_output(hybrid%handle, c_text(name), c_text(unit), scale, c_text(continues))
    else
      code = c_add_output(hybrid%handle, c_text(name), c_text(unit), scale, c_text(''))
    end if
    if (code == bimetal_ok) hybrid%rows%n_outputs = hybrid%rows%n_outputs + 1
    call library_says(code, status)
    if (code == bimetal_ok .and. (present(lower) .or. present(upper))) &
      call bimetal_bound_output(hybrid, name, lower, upper, status)
  end subroutine

  !> No answer of the surrogate outside [lower, upper] is accepted for this output, or for these; one that lies outside
  !> by less than a tenth of the tolerance is moved to the bound. A bound that is not given is none. Local.
  impure elemental subroutine bimetal_bound_output(hybrid, name, lower, upper, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: name
    real(c_double), intent(in), optional :: lower, upper
    integer(c_int), intent(out), optional :: status
    real(c_double) :: least, most
    least = ieee_value(0.0_c_double, ieee_negative_inf)
    most = ieee_value(0.0_c_double, ieee_positive_inf)
    if (present(lower)) least = lower
    if (present(upper)) most = upper
    call library_says(c_bound_output(hybrid%handle, c_text(name), least, most), status)
  end subroutine

  !> Every answer a of the surrogate to a row keeps sum(coefficients * (a - base)) = 0 to round-off, the base being the
  !> input that an output continues, or zero: a conserved mass, for example. Local.
  !> coefficients: (n_outputs); after all outputs.
  subroutine bimetal_add_invariant(hybrid, coefficients, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    real(c_double), intent(in), contiguous :: coefficients(:)
    integer(c_int), intent(out), optional :: status
    call library_says(c_add_invariant(hybrid%handle, coefficients, size(coefficients, kind=c_int32_t)), status)
  end subroutine

  !> All that the answers depend on besides the row, as a text: parameters, a version of the code. A model or a state of
  !> another one is refused. Local.
  subroutine bimetal_set_fingerprint(hybrid, text, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: text
    integer(c_int), intent(out), optional :: status
    call library_says(c_set_fingerprint(hybrid%handle, c_text(text)), status)
  end subroutine

  !> Sets the expensive function, which is required. Local.
  !> reference: a procedure of a module, or one that stands alone.
  !> context: is handed to the function; nothing if it is not given. What it points to must outlive the hybrid.
  !> rows_per_call: rows handed over at once at most; 0: all that are due. With 1, the default, the cost of every row is
  !> measured by itself, which makes the ledger exact; more pays for functions that work on vectors of rows.
  subroutine bimetal_set_reference(hybrid, reference, context, rows_per_call, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    procedure(bimetal_reference) :: reference
    type(c_ptr), intent(in), optional :: context
    integer(c_int), intent(in), optional :: rows_per_call
    integer(c_int), intent(out), optional :: status
    type(c_ptr) :: given
    integer(c_int64_t) :: rows
    given = c_null_ptr
    rows = 1
    if (present(context)) given = context
    if (present(rows_per_call)) rows = rows_per_call
    call library_says(c_set_reference(hybrid%handle, c_funloc(reference), given, rows), status)
  end subroutine

  !> The same for a function in plain Fortran that answers one row. Local.
  subroutine bimetal_set_row_reference(hybrid, reference, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    procedure(bimetal_row_reference) :: reference
    integer(c_int), intent(out), optional :: status
    integer(c_int) :: code
    type(c_ptr) :: context
    context = c_null_ptr
    if (associated(hybrid%rows)) context = c_loc(hybrid%rows)
    code = c_set_reference(hybrid%handle, c_funloc(answer_rows), context, 1_c_int64_t)
    if (code == bimetal_ok) hybrid%rows%answer => reference
    call library_says(code, status)
  end subroutine

  !> For a reference that fails: why, in words, for the message; instead of its code alone. Local.
  subroutine bimetal_explain_failure(why)
    character(len=*), intent(in) :: why
    call c_explain_failure(c_text(why))
  end subroutine

  !> Adds a law; reports count the answers that it stopped under this name. Laws are asked in the order in which they
  !> were added. Local.
  subroutine bimetal_add_law(hybrid, name, law, context, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: name
    procedure(bimetal_law) :: law
    type(c_ptr), intent(in), optional :: context
    integer(c_int), intent(out), optional :: status
    type(c_ptr) :: given
    given = c_null_ptr
    if (present(context)) given = context
    call library_says(c_add_law(hybrid%handle, c_text(name), c_funloc(law), given), status)
  end subroutine

  ! -------------------------------------------------------------------------------- options; before bimetal_start()

  subroutine set_option_text(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key, value
    integer(c_int), intent(out), optional :: status
    call library_says(c_set_option(hybrid%handle, c_text(key), c_text(value)), status)
  end subroutine

  subroutine set_option_double(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key
    real(c_double), intent(in) :: value
    integer(c_int), intent(out), optional :: status
    character(len=32) :: text
    write (text, '(es32.16e3)') value
    call set_option_text(hybrid, key, adjustl(text), status)
  end subroutine

  !> Seven digits, so that 1e-3 stays 1e-3 and does not become 0.00100000005.
  subroutine set_option_float(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key
    real(c_float), intent(in) :: value
    integer(c_int), intent(out), optional :: status
    character(len=32) :: text
    write (text, '(es32.6e3)') value
    call set_option_text(hybrid, key, adjustl(text), status)
  end subroutine

  subroutine set_option_int(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key
    integer(c_int), intent(in) :: value
    integer(c_int), intent(out), optional :: status
    call set_option_int64(hybrid, key, int(value, c_int64_t), status)
  end subroutine

  subroutine set_option_int64(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key
    integer(c_int64_t), intent(in) :: value
    integer(c_int), intent(out), optional :: status
    character(len=32) :: text
    write (text, '(i0)') value
    call set_option_text(hybrid, key, text, status)
  end subroutine

  subroutine set_option_logical(hybrid, key, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: key
    logical, intent(in) :: value
    integer(c_int), intent(out), optional :: status
    call set_option_text(hybrid, key, merge('true ', 'false', value), status)
  end subroutine

  !> Takes the options from a YAML file, which bimetal_start() reads. bimetal_set_option() wins over it. Local.
  subroutine bimetal_read_options(hybrid, path, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: path
    integer(c_int), intent(out), optional :: status
    call library_says(c_read_options(hybrid%handle, c_text(path)), status)
  end subroutine

  ! ------------------------------------------------------------------------------------------------------- the run

  !> Checks everything, and makes surrogate and controller. All ranks must have described the same kind with the same
  !> options. Collective.
  !> communicator: as the module mpi names it, MPI_COMM_WORLD for example; with mpi_f08, comm%mpi_val. It is duplicated.
  subroutine bimetal_start(hybrid, communicator, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer, intent(in) :: communicator
    integer(c_int), intent(out), optional :: status
    call library_says(c_start(hybrid%handle, int(communicator, c_int32_t)), status)
  end subroutine

  subroutine solve_1d(hybrid, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: step
    real(c_double), intent(in), contiguous :: in(:, :)
    real(c_double), intent(inout), contiguous :: out(:, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:)
    integer(c_int), intent(out), optional :: status
    call iterate_1d(hybrid, no_iteration, step, in, out, id, answered_by, status)
  end subroutine

  subroutine solve_2d(hybrid, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: step
    real(c_double), intent(in), contiguous :: in(:, :, :)
    real(c_double), intent(inout), contiguous :: out(:, :, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:, :)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:, :)
    integer(c_int), intent(out), optional :: status
    call iterate_2d(hybrid, no_iteration, step, in, out, id, answered_by, status)
  end subroutine

  subroutine solve_3d(hybrid, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: step
    real(c_double), intent(in), contiguous :: in(:, :, :, :)
    real(c_double), intent(inout), contiguous :: out(:, :, :, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:, :, :)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:, :, :)
    integer(c_int), intent(out), optional :: status
    call iterate_3d(hybrid, no_iteration, step, in, out, id, answered_by, status)
  end subroutine

  subroutine iterate_1d(hybrid, iterate, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: iterate, step
    real(c_double), intent(in), contiguous :: in(:, :)
    real(c_double), intent(inout), contiguous :: out(:, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:)
    integer(c_int), intent(out), optional :: status
    logical :: fit
    fit = all_fit(hybrid, shape(in), shape(out))
    if (present(id)) fit = fit .and. size(id) == size(in, 2)
    if (present(answered_by)) fit = fit .and. size(answered_by) == size(in, 2)
    call solve_rows(hybrid, iterate, step, fit, shape(in), shape(out), in, out, id, answered_by, status)
  end subroutine

  subroutine iterate_2d(hybrid, iterate, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: iterate, step
    real(c_double), intent(in), contiguous :: in(:, :, :)
    real(c_double), intent(inout), contiguous :: out(:, :, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:, :)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:, :)
    integer(c_int), intent(out), optional :: status
    integer :: grid(2)
    logical :: fit
    grid = [size(in, 2), size(in, 3)]
    fit = all_fit(hybrid, shape(in), shape(out))
    if (present(id)) fit = fit .and. all(shape(id) == grid)
    if (present(answered_by)) fit = fit .and. all(shape(answered_by) == grid)
    call solve_rows(hybrid, iterate, step, fit, shape(in), shape(out), in, out, id, answered_by, status)
  end subroutine

  subroutine iterate_3d(hybrid, iterate, step, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: iterate, step
    real(c_double), intent(in), contiguous :: in(:, :, :, :)
    real(c_double), intent(inout), contiguous :: out(:, :, :, :)
    integer(c_int64_t), intent(in), contiguous, optional :: id(:, :, :)
    integer(c_int8_t), intent(inout), contiguous, optional :: answered_by(:, :, :)
    integer(c_int), intent(out), optional :: status
    integer :: grid(3)
    logical :: fit
    grid = [size(in, 2), size(in, 3), size(in, 4)]
    fit = all_fit(hybrid, shape(in), shape(out))
    if (present(id)) fit = fit .and. all(shape(id) == grid)
    if (present(answered_by)) fit = fit .and. all(shape(answered_by) == grid)
    call solve_rows(hybrid, iterate, step, fit, shape(in), shape(out), in, out, id, answered_by, status)
  end subroutine

  ! --------------------------------------------------------------------------------------------- what it amounts to

  !> Everything that is known of the run so far, as JSON (docs/library.md lists its members). Collective.
  subroutine bimetal_report(hybrid, json, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=:), allocatable, intent(out), optional :: json
    integer(c_int), intent(out), optional :: status
    type(c_ptr) :: text
    integer(c_int) :: code
    code = c_report(hybrid%handle, text)
    if (present(json) .and. code == bimetal_ok) json = fortran_text(text)
    call library_says(code, status)
  end subroutine

  !> One number of the last report by its path, such as 'certificate.upper_bound' or 'speed.net_speedup'; NaN if the
  !> report has a null there. Local, after bimetal_report().
  subroutine bimetal_report_number(hybrid, path, value, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: path
    real(c_double), intent(out) :: value
    integer(c_int), intent(out), optional :: status
    value = 0
    call library_says(c_report_number(hybrid%handle, c_text(path), value), status)
  end subroutine

  !> The closing lines of a run, on the standard output of the first rank. Collective.
  subroutine bimetal_print_summary(hybrid, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(out), optional :: status
    call library_says(c_print_summary(hybrid%handle), status)
  end subroutine

  ! --------------------------------------------------------------------------------------------- restart and models

  !> Writes the whole state into an HDF5 file, which is complete or not there. It can be restored on any number of
  !> ranks, to the bit on as many. Collective.
  subroutine bimetal_save(hybrid, path, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: path
    integer(c_int), intent(out), optional :: status
    call library_says(c_save(hybrid%handle, c_text(path)), status)
  end subroutine

  !> Goes on from such a file; after bimetal_start() with the same kind and options. Collective.
  subroutine bimetal_restore(hybrid, path, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: path
    integer(c_int), intent(out), optional :: status
    call library_says(c_restore(hybrid%handle, c_text(path)), status)
  end subroutine

  !> The state of this rank as bytes, for restart files of the caller's own; on the same number of ranks only.
  !> Collective.
  !> state: out; belongs to the hybrid and lasts until the next call with it; null if the call failed.
  subroutine bimetal_get_state(hybrid, state, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int8_t), pointer, intent(out) :: state(:)
    integer(c_int), intent(out), optional :: status
    type(c_ptr) :: bytes
    integer(c_size_t) :: n_bytes
    integer(c_int) :: code
    nullify (state)
    code = c_get_state(hybrid%handle, bytes, n_bytes)
    if (code == bimetal_ok) call c_f_pointer(bytes, state, [n_bytes])
    call library_says(code, status)
  end subroutine

  !> Goes on from such bytes, which may differ between ranks as they did. Collective.
  subroutine bimetal_set_state(hybrid, state, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int8_t), intent(in), contiguous :: state(:)
    integer(c_int), intent(out), optional :: status
    call library_says(c_set_state(hybrid%handle, state, size(state, kind=c_size_t)), status)
  end subroutine

  !> Writes the surrogate that serves as a model file, for the option surrogate.model of a later run. Collective.
  !> BIMETAL_BAD_INPUT if none serves yet.
  subroutine bimetal_save_model(hybrid, path, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    character(len=*), intent(in) :: path
    integer(c_int), intent(out), optional :: status
    call library_says(c_save_model(hybrid%handle, c_text(path)), status)
  end subroutine

  ! ----------------------------------------------------------------------------------------------- not for callers

  !> Hands the rows to the library. fit: whether the tables do. A rank whose tables do not fit must not leave the
  !> others waiting: it asks for -1 rows, which the library refuses on all ranks together.
  subroutine solve_rows(hybrid, iterate, step, fit, shape_in, shape_out, in, out, id, answered_by, status)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer(c_int), intent(in) :: iterate, step
    logical, intent(in) :: fit
    integer, intent(in) :: shape_in(:), shape_out(:)
    real(c_double), intent(in) :: in(*)
    real(c_double), intent(inout) :: out(*)
    integer(c_int64_t), intent(in), target, optional :: id(*)
    integer(c_int8_t), intent(inout), target, optional :: answered_by(*)
    integer(c_int), intent(out), optional :: status
    type(c_ptr) :: id_at, answered_by_at
    integer(c_int64_t) :: asked
    integer(c_int) :: code

    id_at = c_null_ptr
    answered_by_at = c_null_ptr
    if (present(id)) id_at = c_loc(id)
    if (present(answered_by)) answered_by_at = c_loc(answered_by)
    asked = merge(product(int(shape_in(2:), c_int64_t)), -1_c_int64_t, fit)
    if (iterate == no_iteration) then
      code = c_solve(hybrid%handle, int(step, c_int64_t), asked, id_at, in, out, answered_by_at)
    else
      code = c_solve_iteration(hybrid%handle, iterate, int(step, c_int64_t), asked, id_at, in, out, answered_by_at)
    end if
    if (fit) then
      call library_says(code, status)
    else
      own_error = mismatch(hybrid, shape_in, shape_out)
      call conclude(bimetal_bad_input, status)
    end if
  end subroutine

  !> Whether tables of these shapes hold the same rows, and these have the columns that were added. Local.
  logical function all_fit(hybrid, in, out)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer, intent(in) :: in(:), out(:)
    all_fit = all(in(2:) == out(2:))
    if (associated(hybrid%rows)) then
      all_fit = all_fit .and. in(1) == hybrid%rows%n_inputs .and. out(1) == hybrid%rows%n_outputs
    end if
  end function

  !> A sentence about tables that do not fit. Local.
  function mismatch(hybrid, in, out) result(sentence)
    type(bimetal_hybrid), intent(in) :: hybrid
    integer, intent(in) :: in(:), out(:)
    character(len=len(own_error)) :: sentence
    integer :: n_inputs, n_outputs
    n_inputs = in(1)
    n_outputs = out(1)
    if (associated(hybrid%rows)) then
      n_inputs = hybrid%rows%n_inputs
      n_outputs = hybrid%rows%n_outputs
    end if
    write (sentence, '(6(a, i0), a)') 'bimetal_solve() was given ', in(1), ' inputs (the kind has ', n_inputs, &
        ') of ', product(in(2:)), ' rows and ', out(1), ' outputs (the kind has ', n_outputs, ') of ', &
        product(out(2:)), ' rows; in must be (n_inputs, n), out (n_outputs, n), id and answered_by (n), or have '// &
        'the extents of a grid instead of n'
  end function

  !> What the library calls for bimetal_set_row_reference(); context points to the description.
  function answer_rows(context, n, in, out, failed) bind(c) result(code)
    type(c_ptr), value :: context
    integer(c_int64_t), value :: n
    real(c_double), intent(in) :: in(*)
    real(c_double), intent(inout) :: out(*)
    integer(c_int32_t), intent(inout) :: failed(*)
    integer(c_int) :: code
    type(description), pointer :: rows
    integer(c_int64_t) :: i
    integer(c_int) :: row_code
    call c_f_pointer(context, rows)
    do i = 0, n - 1
      row_code = 0
      call rows%answer(in(i * rows%n_inputs + 1:(i + 1) * rows%n_inputs), &
                       out(i * rows%n_outputs + 1:(i + 1) * rows%n_outputs), row_code)
      failed(i + 1) = row_code
    end do
    code = 0
  end function

  !> Passes on how a function of the library ended.
  subroutine library_says(code, status)
    integer(c_int), intent(in) :: code
    integer(c_int), intent(out), optional :: status
    if (code /= bimetal_ok) own_error = ''
    call conclude(code, status)
  end subroutine

  !> Gives the caller the status; ends the job if the caller does not ask for it and it is not bimetal_ok.
  subroutine conclude(code, status)
    integer(c_int), intent(in) :: code
    integer(c_int), intent(out), optional :: status
    if (present(status)) then
      status = code
    else if (code /= bimetal_ok) then
      call end_job(code)
    end if
  end subroutine

  !> Prints the sentence once, and ends all ranks with this exit code. Local; never returns.
  !> A failure may be that of one rank alone, which leaves the others waiting in their next collective call. Only
  !> MPI_Abort() is sure to end them; with error stop that depends on what started the job. What all ranks fail at, the
  !> first one says: the others give it two seconds to end the job, and speak only if it does not.
  subroutine end_job(code)
    use, intrinsic :: iso_fortran_env, only: error_unit, int64
    use mpi, only: MPI_Abort, MPI_Comm_rank, MPI_COMM_WORLD, MPI_Initialized
    integer(c_int), intent(in) :: code
    integer(int64) :: start, now, rate
    integer :: rank, ierr
    logical :: parallel

    call MPI_Initialized(parallel, ierr)
    rank = 0
    if (parallel) call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
    if (rank /= 0) then
      call system_clock(start, rate)
      do
        call system_clock(now)
        if (now - start > 2 * rate) exit
      end do
    end if
    write (error_unit, '(2a)') 'Bimetal: ', bimetal_last_error()
    flush (error_unit)
    if (parallel) call MPI_Abort(MPI_COMM_WORLD, int(code), ierr)
    error stop
  end subroutine

  !> A text as C takes it.
  pure function c_text(text) result(terminated)
    character(len=*), intent(in) :: text
    character(kind=c_char, len=:), allocatable :: terminated
    terminated = trim(text)//c_null_char
  end function

  !> A copy of a text of C; empty if there is none.
  function fortran_text(text) result(copy)
    type(c_ptr), intent(in) :: text
    character(len=:), allocatable :: copy
    character(kind=c_char), pointer :: letters(:)
    integer(c_size_t) :: i
    if (.not. c_associated(text)) then
      copy = ''
      return
    end if
    call c_f_pointer(text, letters, [c_strlen(text)])
    allocate (character(len=size(letters)) :: copy)
    do i = 1, size(letters, kind=c_size_t)
      copy(i:i) = letters(i)
    end do
  end function
end module
