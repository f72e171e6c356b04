//! gobwas/glob 0.2.3: the patterns of `.Files.Glob`.
