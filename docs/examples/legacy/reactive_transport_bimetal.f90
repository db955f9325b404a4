! Water rich in carbon dioxide is injected into an aquifer that holds some calcite. It dissolves the calcite on its way;
! calcium and alkalinity rise behind the front, and the pores near the well are stripped.
!
! Two dimensions, steady flow along x, advection and dispersion of total calcium and total inorganic carbon (explicit,
! upwind), then chemistry in every cell: dissolution of calcite in sub-steps, and in each of them the speciation of the
! water by Newton's method. Rows of cells are dealt out to the MPI ranks.
!
!   mpirun -n 2 ./reactive_transport [plume.nml]
!
! Writes profile.txt, a cut through the middle of the plume.
module aquifer
  use mpi
  use bimetal
  implicit none

  integer, parameter :: dp = kind(1d0)
  real(dp), parameter :: day = 86400d0

  ! The totals of a cell, in mol per litre of pore water. Calcite does not move. The background is in equilibrium.
  integer, parameter :: n_total = 3
  character(len=7), parameter :: name(n_total) = [character(len=7) :: 'Ca', 'C', 'calcite']
  logical, parameter :: mobile(n_total) = [.true., .true., .false.]

  ! Input, with defaults.
  integer :: nx = 64, ny = 32                       ! cells
  integer :: n_steps = 400, n_print = 100
  integer :: n_sub = 20                             ! kinetic sub-steps of a time step
  real(dp) :: length = 8d0, width = 4d0             ! m
  real(dp) :: velocity = 1d0                        ! of the pore water, m/day
  real(dp) :: alpha_l = 0.05d0, alpha_t = 0.005d0   ! dispersivities, m
  real(dp) :: dt = 5400d0                           ! s
  real(dp) :: temperature = 25d0                    ! degrees Celsius
  real(dp) :: salt = 0.01d0                         ! sodium chloride, mol/l; takes part in the ionic strength only
  real(dp) :: area = 100d0                          ! reactive surface of calcite at the start, cm2/l
  real(dp) :: background(n_total) = [2.02d-3, 4.5d-3, 5d-2]
  real(dp) :: injected(n_total) = [5d-4, 2d-2, 0d0]
  namelist /plume/ nx, ny, n_steps, n_print, n_sub, length, width, velocity, alpha_l, alpha_t, dt, temperature, &
      salt, area, background, injected

  ! Constants of the chemistry at this temperature.
  real(dp) :: k_w, k_1, k_2, k_calcite, k_cahco3, k_caco3, debye, rate_h, rate_co2, rate_h2o

  ! The part of this rank: rows first_row + 1 to first_row + ny_loc.
  integer :: rank, n_ranks, ierr_mpi, first_row, ny_loc
  real(dp) :: dx, dy
  real(dp), allocatable :: total(:, :, :)           ! (n_total, 0:nx + 1, 0:ny_loc + 1)
  real(dp), allocatable :: moved(:, :, :)           ! (n_total, nx, ny_loc), after transport

contains

  subroutine read_input()
    character(len=256) :: file
    integer :: unit
    call get_command_argument(1, file)
    if (file == '') return
    open (newunit=unit, file=file, status='old', action='read')
    read (unit, nml=plume)
    close (unit)
  end subroutine read_input

  ! Equilibrium constants: Plummer & Busenberg, Geochim. Cosmochim. Acta 46 (1982) 1011; of water: Nordstrom et al.,
  ! ACS Symp. Ser. 416 (1990) 398. Debye-Hueckel constant: Stumm & Morgan, Aquatic Chemistry (1996), with the
  ! permittivity of Malmberg & Maryott, J. Res. NBS 56 (1956) 1. Rates [mmol/cm2/s]: Plummer, Wigley & Parkhurst,
  ! Am. J. Sci. 278 (1978) 179.
  subroutine set_constants()
    real(dp) :: t, permittivity
    t = temperature + 273.15d0
    k_w = 10**(-283.9710d0 - 0.05069842d0*t + 13323d0/t + 102.24447d0*log10(t) - 1119669d0/t**2)
    k_1 = 10**(-356.3094d0 - 0.06091964d0*t + 21834.37d0/t + 126.8339d0*log10(t) - 1684915d0/t**2)
    k_2 = 10**(-107.8871d0 - 0.03252849d0*t + 5151.79d0/t + 38.92561d0*log10(t) - 563713.9d0/t**2)
    k_calcite = 10**(-171.9065d0 - 0.077993d0*t + 2839.319d0/t + 71.595d0*log10(t))
    k_cahco3 = 10**(1209.120d0 + 0.31294d0*t - 34765.05d0/t - 478.782d0*log10(t))
    k_caco3 = 10**(-1228.732d0 - 0.299444d0*t + 35512.75d0/t + 485.818d0*log10(t))
    permittivity = 87.740d0 - 0.40008d0*temperature + 9.398d-4*temperature**2 - 1.410d-6*temperature**3
    debye = 1.82d6*(permittivity*t)**(-1.5d0)
    rate_h = 10**(0.198d0 - 444d0/t)
    rate_co2 = 10**(2.84d0 - 2177d0/t)
    if (temperature <= 25d0) then
      rate_h2o = 10**(-5.86d0 - 317d0/t)
    else
      rate_h2o = 10**(-1.10d0 - 1737d0/t)
    end if
  end subroutine set_constants

  ! Deals out the rows, and fills them with the water and the calcite of the aquifer.
  subroutine set_up()
    integer :: k
    first_row = ny*rank/n_ranks
    ny_loc = ny*(rank + 1)/n_ranks - first_row
    dx = length/nx
    dy = width/ny
    allocate (total(n_total, 0:nx + 1, 0:ny_loc + 1), moved(n_total, nx, ny_loc))
    do k = 1, n_total
      total(k, :, :) = background(k)
    end do
  end subroutine set_up

  ! Activity coefficients of ions with one and two charges by Davies' equation.
  pure subroutine davies(strength, g1, g2)
    real(dp), intent(in) :: strength
    real(dp), intent(out) :: g1, g2
    real(dp) :: root
    root = sqrt(strength)
    g1 = 10**(-debye*(root/(1 + root) - 0.3d0*strength))
    g2 = g1**4
  end subroutine davies

  ! Distributes calcium and carbon over their species, so that the water is neutral: Newton's method for the logarithms
  ! x of H+, HCO3- and Ca++, which are also the guess. Returns the activities of H+ and CO2, and the saturation with
  ! respect to calcite. ierr = 1: no convergence.
  subroutine speciate(ca, c, x, a_h, a_co2, omega, ierr)
    real(dp), intent(in) :: ca, c
    real(dp), intent(inout) :: x(3)
    real(dp), intent(out) :: a_h, a_co2, omega
    integer, intent(out) :: ierr
    real(dp) :: h, oh, co2, hco3, co3, cap, cahco3, caco3, strength, g1, g2, f(3), jac(3, 3), delta(3)
    integer :: iter

    do iter = 1, 100
      h = exp(x(1))
      hco3 = exp(x(2))
      cap = exp(x(3))
      if (iter == 1) call davies(salt + 2*cap + 0.5d0*hco3, g1, g2)
      oh = k_w/(h*g1*g1)
      co2 = h*hco3*g1*g1/k_1
      co3 = k_2*hco3/(h*g2)
      cahco3 = k_cahco3*cap*hco3*g2
      caco3 = k_caco3*cap*co3*g2*g2
      f(1) = hco3 + co2 + co3 + cahco3 + caco3 - c
      f(2) = cap + cahco3 + caco3 - ca
      f(3) = h + 2*cap + cahco3 - oh - hco3 - 2*co3
      jac(1, :) = [co2 - co3 - caco3, f(1) + c, cahco3 + caco3]
      jac(2, :) = [-caco3, cahco3 + caco3, f(2) + ca]
      jac(3, :) = [h + oh + 2*co3, cahco3 - hco3 - 2*co3, 2*cap + cahco3]
      call solve_3x3(jac, f, delta)
      x = x - max(-2d0, min(2d0, delta))
      strength = salt + 0.5d0*(h + oh + hco3 + cahco3) + 2*(cap + co3)
      call davies(strength, g1, g2)
      if (maxval(abs(delta)) < 1d-10) exit
    end do
    ierr = 0
    if (iter > 100) ierr = 1
    a_h = h*g1
    a_co2 = co2
    omega = cap*co3*g2*g2/k_calcite
  end subroutine speciate

  ! Cramer's rule.
  pure subroutine solve_3x3(a, b, x)
    real(dp), intent(in) :: a(3, 3), b(3)
    real(dp), intent(out) :: x(3)
    real(dp) :: minor(3), det
    minor(1) = a(2, 2)*a(3, 3) - a(2, 3)*a(3, 2)
    minor(2) = a(3, 2)*a(1, 3) - a(3, 3)*a(1, 2)
    minor(3) = a(1, 2)*a(2, 3) - a(1, 3)*a(2, 2)
    det = dot_product(a(:, 1), minor)
    x(1) = dot_product(b, minor)/det
    x(2) = (b(1)*(a(2, 3)*a(3, 1) - a(2, 1)*a(3, 3)) + b(2)*(a(1, 1)*a(3, 3) - a(1, 3)*a(3, 1)) &
            + b(3)*(a(1, 3)*a(2, 1) - a(1, 1)*a(2, 3)))/det
    x(3) = (b(1)*(a(2, 1)*a(3, 2) - a(2, 2)*a(3, 1)) + b(2)*(a(1, 2)*a(3, 1) - a(1, 1)*a(3, 2)) &
            + b(3)*(a(1, 1)*a(2, 2) - a(1, 2)*a(2, 1)))/det
  end subroutine solve_3x3

  ! How fast calcite dissolves when xi of it has dissolved since the beginning of the step, mol/l/s. The surface follows
  ! the volume of shrinking grains; towards equilibrium the rate falls off as in PHREEQC (Parkhurst & Appelo 1999).
  subroutine dissolution(t, xi, x, rate, ierr)
    real(dp), intent(in) :: t(:), xi
    real(dp), intent(inout) :: x(3)
    real(dp), intent(out) :: rate
    integer, intent(out) :: ierr
    real(dp) :: a_h, a_co2, omega, surface
    call speciate(max(t(1) + xi, 1d-12), max(t(2) + xi, 1d-12), x, a_h, a_co2, omega, ierr)
    surface = area*(max(0d0, t(3) - xi)/background(3))**(2d0/3d0)
    rate = 1d-3*surface*(rate_h*a_h + rate_co2*a_co2 + rate_h2o)*(1 - omega**(2d0/3d0))
  end subroutine dissolution

  ! The chemistry of a cell over one time step. t: its totals, before and after. ierr: 0, or 1 if the speciation failed.
  subroutine chemistry(t, ierr)
    real(dp), intent(inout) :: t(:)
    integer, intent(out) :: ierr
    real(dp) :: x(3), xi, k1, k2, k3, k4, h
    integer :: sub, failed(4)
    x = log([1d-7, 0.5d0*max(t(2), 1d-12), max(t(1), 1d-12)])
    h = dt/n_sub
    xi = 0
    do sub = 1, n_sub
      call dissolution(t, xi, x, k1, failed(1))
      call dissolution(t, xi + h/2*k1, x, k2, failed(2))
      call dissolution(t, xi + h/2*k2, x, k3, failed(3))
      call dissolution(t, xi + h*k3, x, k4, failed(4))
      ierr = maxval(failed)
      if (ierr /= 0) return
      xi = min(xi + h/6*(k1 + 2*k2 + 2*k3 + k4), t(3))
    end do
    t(1) = t(1) + xi
    t(2) = t(2) + xi
    t(3) = t(3) - xi
  end subroutine chemistry

  ! Fills the cells around those of this rank: by the neighbours' rows, the well and the border.
  subroutine fill_halo()
    integer :: below, above, n, j
    below = rank - 1
    above = rank + 1
    if (rank == 0) below = MPI_PROC_NULL
    if (rank == n_ranks - 1) above = MPI_PROC_NULL
    n = n_total*(nx + 2)
    call MPI_Sendrecv(total(:, :, 1), n, MPI_DOUBLE_PRECISION, below, 1, total(:, :, ny_loc + 1), n, &
                      MPI_DOUBLE_PRECISION, above, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE, ierr_mpi)
    call MPI_Sendrecv(total(:, :, ny_loc), n, MPI_DOUBLE_PRECISION, above, 2, total(:, :, 0), n, &
                      MPI_DOUBLE_PRECISION, below, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE, ierr_mpi)
    if (rank == 0) total(:, :, 0) = total(:, :, 1)
    if (rank == n_ranks - 1) total(:, :, ny_loc + 1) = total(:, :, ny_loc)
    do j = 1, ny_loc
      if (abs(first_row + j - 0.5d0 - 0.5d0*ny) < 0.2d0*ny) then
        total(:, 0, j) = injected
      else
        total(:, 0, j) = background
      end if
      total(:, nx + 1, j) = total(:, nx, j)
    end do
  end subroutine fill_halo

  subroutine transport()
    real(dp) :: courant, spread_x, spread_y
    integer :: i, j, k
    courant = velocity*dt/(day*dx)
    spread_x = alpha_l*velocity*dt/(day*dx**2)
    spread_y = alpha_t*velocity*dt/(day*dy**2)
    do j = 1, ny_loc
      do i = 1, nx
        do k = 1, n_total
          moved(k, i, j) = total(k, i, j)
          if (mobile(k)) moved(k, i, j) = total(k, i, j) - courant*(total(k, i, j) - total(k, i - 1, j)) &
              + spread_x*(total(k, i - 1, j) - 2*total(k, i, j) + total(k, i + 1, j)) &
              + spread_y*(total(k, i, j - 1) - 2*total(k, i, j) + total(k, i, j + 1))
        end do
      end do
    end do
  end subroutine transport

  ! What is left of the calcite, in per cent.
  subroutine print_progress(step)
    integer, intent(in) :: step
    real(dp) :: mine, all_ranks
    mine = sum(total(3, 1:nx, 1:ny_loc))
    call MPI_Reduce(mine, all_ranks, 1, MPI_DOUBLE_PRECISION, MPI_SUM, 0, MPI_COMM_WORLD, ierr_mpi)
    if (rank == 0) print '(a, i6, a, f7.2, a, f8.3, a)', 'step', step, ', day', step*dt/day, ': ', &
        100*all_ranks/(background(3)*nx*ny), ' % of the calcite is left'
  end subroutine print_progress

  ! The rank that has the row in the middle writes it.
  subroutine write_profile()
    real(dp) :: x(3), a_h, a_co2, omega
    integer :: i, j, unit, ierr
    j = ny/2 - first_row
    if (j < 1 .or. j > ny_loc) return
    open (newunit=unit, file='profile.txt', status='replace', action='write')
    write (unit, '(a9, 3a12, a9, a12)') '# x [m]', (trim(name(i)), i=1, n_total), 'pH', 'saturation'
    do i = 1, nx
      x = log([1d-7, 0.5d0*total(2, i, j), total(1, i, j)])
      call speciate(total(1, i, j), total(2, i, j), x, a_h, a_co2, omega, ierr)
      write (unit, '(f9.4, 3es12.4, f9.4, es12.4)') (i - 0.5d0)*dx, total(:, i, j), -log10(a_h), omega
    end do
    close (unit)
  end subroutine write_profile

  subroutine give_up(i, j, ierr)
    integer, intent(in) :: i, j, ierr
    print '(a, 2i6, a, i4)', 'chemistry failed in cell', i, first_row + j, ' with code', ierr
    call MPI_Abort(MPI_COMM_WORLD, ierr, ierr_mpi)
  end subroutine give_up

  subroutine chemistry_row(in, out, failed)  ! a cell as Bimetal asks for it: totals before and after the time step
    real(dp), intent(in) :: in(:)
    real(dp), intent(out) :: out(:)
    integer, intent(out) :: failed
    out = in
    call chemistry(out, failed)
  end subroutine chemistry_row
end module aquifer

program reactive_transport
  use aquifer
  implicit none
  integer :: step
  type(bimetal_hybrid) :: hybrid
  real(dp) :: start

  call MPI_Init(ierr_mpi)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr_mpi)
  call MPI_Comm_size(MPI_COMM_WORLD, n_ranks, ierr_mpi)
  start = MPI_Wtime()
  call read_input()
  call set_constants()
  call set_up()
  call bimetal_create('calcite', hybrid)
  call bimetal_add_input(hybrid, name, 'mol/l', [5d-3, 1d-2, 1d-2])
  call bimetal_add_output(hybrid, name, 'mol/l', [5d-3, 1d-2, 1d-2], continues=name, lower=0d0)
  call bimetal_add_invariant(hybrid, [1d0, 0d0, 1d0])  ! calcium, dissolved and in calcite
  call bimetal_add_invariant(hybrid, [0d0, 1d0, 1d0])  ! carbon
  call bimetal_set_row_reference(hybrid, chemistry_row)
  call bimetal_set_option(hybrid, 'switching.cost_veto', .false.)  ! learns at once, whatever that costs
  call bimetal_start(hybrid, MPI_COMM_WORLD)

  do step = 1, n_steps
    call fill_halo()
    call transport()
    call bimetal_solve(hybrid, step - 1, moved, total(:, 1:nx, 1:ny_loc))
    if (mod(step, n_print) == 0) call print_progress(step)
  end do

  call write_profile()
  call bimetal_print_summary(hybrid)
  call bimetal_destroy(hybrid)
  if (rank == 0) print '(a, f8.2, a)', 'run time', MPI_Wtime() - start, ' s'
  call MPI_Finalize(ierr_mpi)
end program reactive_transport
