AUDIT (name relationships);

SELECT children.@column
FROM @this_model AS children
LEFT JOIN @parent AS parents ON children.@column = parents.@column
WHERE children.@column IS NOT NULL AND parents.@column IS NULL
