"""What spark-submit runs; everything else lies in the package."""

from eyeline_spark.job import main

if __name__ == "__main__":
    main()
