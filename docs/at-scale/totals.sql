-- 各指标完成情况。数值为空的行没有计入，原因在“处理”一列。
SELECT 序号, 指标内容, sum(数值) AS 完成, sum(目标值) FILTER (数值 IS NOT NULL) AS 目标,
       round(100 * 完成 / 目标, 1) AS 完成率, count(数值) AS 市数
FROM 长表
WHERE 报告期 = (SELECT max(报告期) FROM 长表)
GROUP BY 序号, 指标内容
ORDER BY 序号
