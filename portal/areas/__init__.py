"""City, county, township, village: 12-digit codes with validity dates."""
