# helper
1 // 0
