"""What a training run costs: rent of the chips, and arithmetic operations to check it against."""


def training_cost(gpu_hours: float, usd_per_gpu_hour: float) -> float:
    """Rent of the chips in US dollars: hours x price, and nothing else."""
    if gpu_hours < 0 or usd_per_gpu_hour < 0:
        raise ValueError("hours and price must not be negative")
    return gpu_hours * usd_per_gpu_hour


def training_operations(active_parameters: float, tokens: float) -> float:
    """Arithmetic operations of a training run: 6 x parameters used per token x tokens.

    Two operations per parameter on the way forward and four on the way back (Kaplan et al.
    2020, arXiv 2001.08361). A mixture-of-experts model uses only its active parameters.
    """
    if active_parameters < 0 or tokens < 0:
        raise ValueError("parameters and tokens must not be negative")
    return 6 * active_parameters * tokens


def utilisation(operations: float, gpu_hours: float, peak_per_second: float) -> float:
    """Share of the chips' peak speed that a run used, 0 to 1.

    Parameters
    ----------
    operations
        Total operations of the run.
    gpu_hours
        Hours summed over all chips.
    peak_per_second
        Peak operations per second of one chip, dense.
    """
    if gpu_hours <= 0 or peak_per_second <= 0:
        raise ValueError("hours and peak speed must be positive")
    return operations / (gpu_hours * 3600 * peak_per_second)
