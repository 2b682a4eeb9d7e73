# From starting R to a first forest plot as a file. Usage: Rscript metafor_forest.R <data.json> <plot.svg>
suppressMessages({library(metafor); library(jsonlite)})
arguments <- commandArgs(trailingOnly = TRUE)
data <- fromJSON(arguments[1])
fit <- rma(data$y, data$v, method = "REML", test = "knha")
svg(arguments[2])
forest(fit)
invisible(dev.off())
